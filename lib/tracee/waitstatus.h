/* Wait statuses of tracees: wait(2), and "Stopped states" of ptrace(2). Every tracer here attaches
 * with PTRACE_SEIZE and PTRACE_O_TRACESYSGOOD, which makes the kinds of stops distinguishable. The
 * two functions at the end make the statuses that emulated tracers get. */
#ifndef RR_WAITSTATUS_H
#define RR_WAITSTATUS_H

#include <stdbool.h>

enum wait_kind {
	WAIT_INVALID,    /* not a status of the kernel's: it comes from a damaged trace */
	WAIT_EXITED,     /* code */
	WAIT_KILLED,     /* signal, dumped */
	WAIT_CONTINUED,  /* by SIGCONT; only with WCONTINUED */
	WAIT_SIGNAL,     /* signal-delivery-stop: signal */
	WAIT_CALL,       /* syscall-entry-stop or syscall-exit-stop */
	WAIT_GROUP_STOP, /* signal is one of the four that stop a process */
	WAIT_EVENT,      /* event; with PTRACE_EVENT_STOP, what is not a group-stop */
};

struct wait_status {
	enum wait_kind kind;
	int code;    /* what it passed to exit(2) */
	int signal;  /* as WTERMSIG or WSTOPSIG gives it, so SIGTRAP | 0x80 for WAIT_CALL; else 0 */
	int event;   /* PTRACE_EVENT_*, PTRACE_EVENT_STOP for a group-stop, too; 0: none */
	bool dumped; /* killed with a core dump */
};

struct wait_status wait_decode(int status);

/* Questions about one status, for code that asks only one. */
bool wait_is_stop(int status); /* still alive, in any ptrace-stop */
bool wait_is_call(int status); /* WAIT_CALL */
int wait_signal(int status);   /* of a signal-delivery-stop; 0: it is not one */
int wait_event(int status);    /* of WAIT_EVENT or WAIT_GROUP_STOP; 0: it is neither */

/* The status word of a stop, as waitpid would report it. */
int wait_encode_stop(int signal);
int wait_encode_call(void);
int wait_encode_event(int event, int signal);

#endif
