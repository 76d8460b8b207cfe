/* What this process itself is short of. A function far below that looks at a task or a file has an
 * answer for "it is gone" and "there is nothing"; that it had no descriptor left to look with is
 * none. It notes so here, and whoever runs the whole asks before believing what it has been told.
 */
#ifndef RR_LACK_H
#define RR_LACK_H

/* open(), close-on-exec, with more open files where the limit can be raised. -1 and errno; notes
 * when that is about us. */
int lack_open(const char *path, int flags);
/* Notes errno, and what there was to be done; the first stays. */
void lack_note(const char *what);
/* Notes what else there was to be done, and why it could not be. */
void lack_say(const char *what, const char *why);
/* One line; NULL: nothing was lacking. */
const char *lack_text(void);

#endif
