/* Signals to rr-record itself: SIGTERM, SIGUSR1 and the like go on to the program, a second SIGTERM
 * ends the recording; ^C and ^\ reach the program from the terminal already; ^Z stops the recorder
 * once the program has stopped. What the program sends is not for rr-record: kernel/proc.c. */
#ifndef RR_CONTROL_H
#define RR_CONTROL_H

#include <signal.h>
#include <stdint.h>

struct recorder;

/* Takes the signals; the program's process gives them back (record/inherit.h). slice_ns: the time
 * slice of a task, ns. */
void control_start(uint64_t slice_ns);
/* From now on waits end after 1 ms, and then twice in a time slice (but not more often than every
 * ms, and 10 times a second at least), to look what is overdue. */
void control_tick(void);
/* Another process has sent this signal: it is one for the program. To be called by signal handlers.
 */
void control_take(const siginfo_t *si);
/* Handles the signals that have come since the last call. */
void control_check(struct recorder *r);
/* The program has stopped of this signal: stop as well, so that the shell that waits for us sees
 * it. */
void control_stop(struct recorder *r, int sig);

#endif
