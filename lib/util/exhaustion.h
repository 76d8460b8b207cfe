/* Resources that this process has run out of. Functions that look at a task or a file can return
 * that it is gone or that there is nothing, but not that there was no descriptor left to look
 * with. They note that here, and the recorder and the replayer check it before they rely on the
 * results. */
#ifndef RR_EXHAUSTION_H
#define RR_EXHAUSTION_H

/* open(2) with O_CLOEXEC. Raises the limit of open files if that is the obstacle. -1 with errno;
 * notes it if a resource ran out. */
int exhaustion_open(const char *path, int flags);
/* Notes errno, and what could not be done. Only the first note is kept. */
void exhaustion_note(const char *what);
/* The same with a text instead of errno. */
void exhaustion_say(const char *what, const char *why);
/* The note, in one line. NULL: nothing has run out. */
const char *exhaustion_text(void);

/* Raises this process's limit of open files to the maximum. -1: it is there already. */
int exhaustion_raise_file_limit(void);

#endif
