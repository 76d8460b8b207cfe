/* Inside the recorder. At most one task runs the program's code at a time: `struct rtask` says what each does. */
#ifndef RR_RECORDER_H
#define RR_RECORDER_H

#include "kernel/kernel.h"
#include "record/record.h"
#include "tracee/task.h"

enum rstate {
	RS_READY,   /* stopped; may be resumed (or has a stop to be handled, when has_status) */
	RS_BLOCKED, /* inside the kernel, others run meanwhile */
	RS_STOPPED, /* by a stop signal; the kernel tells when it goes on */
	RS_ENDING,  /* let go at its exit; the kernel may still need others to end first */
	RS_GONE	    /* its exit is recorded; a leader whose threads live on is still to be reaped */
};

/* How exactly we know where the program stands. */
enum rpos {
	POS_EVENT, /* right where its last event left it */
	POS_CALL,  /* at a call that has been taken back */
};

struct rtask {
	struct task t; /* first: a struct task of ours is a struct rtask */
	struct rtask *next; /* all tasks, in the order in which they take turns */
	pid_t tgid;
	enum rstate state;
	bool has_status;
	int status;
	bool in_call;	/* between a call's entry and its return */
	bool midway;	/* interrupted between two events: until the next, nobody may run who could see its memory */
	bool announced; /* EV_ENTER is in the trace for this call */
	struct call call;
	uint16_t restart_nr; /* what restart_syscall would restart */
	int inject;	     /* signal to hand to the kernel when next resumed */
	enum rpos pos;
	struct trace_regs park; /* registers the task was last resumed with, or stopped at */
	struct trace_regs call_entry; /* POS_CALL: registers on entry of the call taken back */
	uint64_t clear_tid;	/* set_tid_address, CLONE_CHILD_CLEARTID */
	bool execed;		/* inside execve, past the point where the old program is gone */
	pid_t exec_from;	/* the id of the thread that called it */
	uint64_t overdue_ns;	/* when to stop waiting for a call to deliver a signal nobody handles; 0: never */
	int overdue_sig;
	bool frame_failed;	/* the kernel could not push a signal frame: SIGSEGV comes next, right here */
	bool exiting;		/* EV_EXIT is due */
	int exit_status;
	bool reaped;
};

struct recorder {
	struct recording rec; /* first */
	const struct record_options *o;
	struct rtask *tasks; /* list */
	size_t live;	     /* tasks not RS_GONE */
	struct rtask *root;
	bool root_done;
	int root_status;
	uint64_t start_ns, slice_start;
	uint64_t next_checksum;
	pid_t early[64]; /* tasks that have stopped before their maker told of them */
	size_t nearly;
	struct rtask *preempting; /* PTRACE_INTERRUPT has been sent to it */
	bool ticking;
	bool stop_shown; /* we have stopped as the program did, and no task has moved since */
	char *warned[64];
	size_t nwarned;
	char *dir;
	uint64_t events;
};

/* How long a signal that stops or ends the program, without a handler, waits for a call to act at, ns. */
#define OVERDUE_NS 250000000u
/* How long a task may go on while others wait, ns. */
#define SLICE_NS 50000000u

/* rtask.c */
struct rtask *recorder_find(struct recorder *r, pid_t tid);
struct rtask *rtask_new(struct recorder *r, pid_t tid, struct mm *mm, pid_t tgid);
void rtask_free(struct rtask *rt);
/* Frees those that are gone and reaped, but for the root. */
void rtasks_forget_gone(struct recorder *r);
/* Puts EV_EXIT with rt->exit_status: the task is no more. */
void rtask_gone(struct recorder *r, struct rtask *rt);
/* waitpid has reported its end. */
void rtask_reaped(struct recorder *r, struct rtask *rt, int status);
/* Puts an event of this task; regs and after as given. Fills in time and task. */
void put_event(struct recorder *r, struct rtask *rt, struct trace_event *ev);

/* Puts the state beyond general registers that the task goes on with, for the event put next. */
void put_xstate(struct recorder *r, struct rtask *rt);
/* Stopped, with a stop to be handled or free to go on. */
bool rtask_is_ready(const struct rtask *rt);

/* wait.c: lets the task that is being resumed get to its next stop, or finds it blocked. */
enum waited { WAITED_STOP, WAITED_BLOCKED, WAITED_GONE };
enum waited wait_for(struct recorder *r, struct rtask *rt);
/* Blocks until some task has a stop to be handled. */
void wait_any(struct recorder *r);
/* Collects stops without waiting. */
void collect(struct recorder *r);

/* calls.c */
void call_entered(struct recorder *r, struct rtask *rt);
void call_returned(struct recorder *r, struct rtask *rt);
void call_announce(struct recorder *r, struct rtask *rt);
void task_made(struct recorder *r, struct rtask *rt);
void task_execed(struct recorder *r, struct rtask *rt);
void task_exiting(struct recorder *r, struct rtask *rt);
/* Looks whether a task that is RS_ENDING has ended, and records it. */
bool task_ended(struct recorder *r, struct rtask *rt);

/* signals.c */
void signal_stop(struct recorder *r, struct rtask *rt);
/* Whether the signal stops a process that has no handler for it. */
bool signal_stops(int sig);
/* Sends a signal again that has waited too long for the task's next call, when it needs no exact point. */
void signal_overdue(struct rtask *rt);
/* Gives the oldest kept signal back to the kernel, at a call that has been taken back. True if there was one. */
bool signal_give_back(struct rtask *rt);

#endif
