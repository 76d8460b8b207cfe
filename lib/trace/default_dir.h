/* Where traces without a name are. Private to lib/trace. */
#ifndef RR_TRACE_DEFAULT_DIR_H
#define RR_TRACE_DEFAULT_DIR_H

/* $RR_TRACE_DIR, else ~/.rr; malloc'd. NULL and trace_strerror(). */
char *trace_default_dir(void);
/* Checks that no other user can have put the directory there: another user's directory or link is
 * not followed. 0 or -1. */
int trace_default_dir_check(const char *path);

#endif
