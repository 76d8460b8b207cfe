/* What a process inherits through execve, and the recorder changes or a fork loses. The program
 * starts with what rr-record itself was started with: execve(2), fork(2), signal(7). */
#ifndef RR_INHERIT_H
#define RR_INHERIT_H

/* Saves it; before the recorder's first thread, handler or raised limit. Pending signals and
 * interval timers move to the program: the recorder itself has none from here on. */
void inherit_save(void);
/* In the program's process, just before its execve: puts everything back. Async-signal-safe. */
void inherit_restore(void);

#endif
