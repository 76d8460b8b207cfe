/* Resources that this process has run out of. A function that looks at a task or a file has an
 * answer for "it is gone" and for "there is nothing", but none for "there was no descriptor left to
 * look with". It notes that here, and whoever runs the whole checks before believing the answer. */
#ifndef RR_EXHAUSTION_H
#define RR_EXHAUSTION_H

/* open(), close-on-exec, with more open files where the limit can be raised. -1 and errno; notes
 * when that is about us. */
int exhaustion_open(const char *path, int flags);
/* Notes errno, and what there was to be done; the first stays. */
void exhaustion_note(const char *what);
/* Notes what else there was to be done, and why it could not be. */
void exhaustion_say(const char *what, const char *why);
/* One line; NULL: nothing has run out. */
const char *exhaustion_text(void);

/* Raises this process's limit of open files as far as it goes. -1: it is there already. */
int files_more(void);

#endif
