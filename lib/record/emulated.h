/* ptrace(2) for recorded programs.
 *
 * The kernel gives a task one tracer, which is the recorder. So a tracer of the program's own, the
 * emulated tracer, has its ptrace-stops and its requests from the recorder. In the trace, a task is
 * in such a stop where it has an event, EV_PTRACE_STOP if there would be no other. What the tracer
 * then writes into its memory is recorded with the tracer's call; what it changes in registers, as
 * another EV_PTRACE_STOP when the task is resumed. */
#ifndef RR_EMULATED_H
#define RR_EMULATED_H

#include "counter/step.h"
#include "record/rtask.h"

#include <bsd/sys/queue.h>

struct recorder;

/* --- emulated_stops.c: into a ptrace-stop --- */

/* A traced task that is gone, and whose tracer is not its parent: the kernel does not report it. */
struct ended {
	STAILQ_ENTRY(ended) link;
	pid_t by, tid, pgid;
	int status;
};

/* The task is in a ptrace-stop from now on, and its tracer is notified. status: as waitpid(2) has
 * it; msg: PTRACE_GETEVENTMSG. */
void emulated_stop(struct recorder *r, struct rtask *rt, enum traced_at at, int status,
		   uint64_t msg);
/* The stop of PTRACE_INTERRUPT, wherever the task is. */
void emulated_stop_interrupted(struct recorder *r, struct rtask *rt);

/* These put the task into a ptrace-stop if its tracer is to get one. True: they did. */
bool emulated_stop_at_call(struct recorder *r, struct rtask *rt); /* at its entry */
/* The same, when a seccomp filter says so; data: SECCOMP_RET_DATA. */
bool emulated_stop_at_filter(struct recorder *r, struct rtask *rt, uint32_t data);
void emulated_stop_after_call(struct recorder *r, struct rtask *rt, bool execed);
bool emulated_stop_if_due(struct recorder *r, struct rtask *rt); /* the rest of those */
/* For PTRACE_INTERRUPT, if that needs no stop in the kernel. */
bool emulated_stop_if_interrupted(struct recorder *r, struct rtask *rt);
void emulated_stop_at_clone(struct recorder *r, struct rtask *rt, struct rtask *child);
bool emulated_stop_at_exit(struct recorder *r, struct rtask *rt);
/* Before a signal is delivered: flags are those of its event. signal_deliver_traced() does it when
 * the task is resumed. */
bool emulated_stop_at_signal(struct recorder *r, struct rtask *rt, const siginfo_t *si,
			     uint16_t flags);
void emulated_stop_after_insn(struct recorder *r, struct rtask *rt);
/* In a group-stop. */
void emulated_stop_in_group(struct recorder *r, struct rtask *rt);

/* Sends the task a signal whose siginfo is the kernel's own. */
void emulated_send(struct rtask *rt, const siginfo_t *info);
/* Has the kernel stop the task, which is then in group-stop or at emulated_stop_interrupted(). */
void emulated_interrupt(struct rtask *rt);
/* The task, in group-stop in the kernel, stays so until SIGCONT. */
void emulated_listen(struct rtask *rt);
/* The same task stops for its tracer. */
void emulated_stop_listening(struct recorder *r, struct rtask *rt);

/* The tracer resumes the task, with a signal or 0. */
void emulated_stop_end(struct rtask *rt, int sig);
/* The task has no tracer any more; sig, if it is in a ptrace-stop: as for emulated_stop_end(). */
void emulated_detach(struct recorder *r, struct rtask *rt, int sig);
/* A task is gone: its tracer is notified, and all that it traces is resumed. */
void emulated_task_gone(struct recorder *r, struct rtask *rt);
/* For struct recording. */
pid_t emulated_wait(struct recording *rec, struct task *by, pid_t which, bool look, int *status);

/* Puts EV_PTRACE_STOP. */
void emulated_put_event(struct recorder *r, struct rtask *rt, uint16_t flags, int sig,
			const struct trace_regs *before, const struct trace_regs *after);
/* The registers after an event of a task that has g at a stop: an interrupted call is restarted. */
struct trace_regs emulated_regs_after_event(const struct trace_regs *g);
/* The registers before the call that g enters. */
struct trace_regs emulated_regs_before_call(const struct trace_regs *g);
/* The last exact point is one with these registers; those of the task stay. */
void emulated_set_point(struct rtask *rt, const struct trace_regs *g);

/* --- emulated_resume.c: on from a ptrace-stop --- */

/* Before the task is resumed: applies what the tracer has changed, and does what the stop was in
 * front of. True: the task is not to be resumed now. */
bool emulated_resume(struct recorder *r, struct rtask *rt);
/* Executes the instruction after which the task is to stop. STEP_CALL: the task is to be resumed
 * for that. */
enum step_result emulated_step(struct recorder *r, struct rtask *rt, int sig);
/* The same, after it has been resumed, and has stopped. */
void emulated_stepped(struct recorder *r, struct rtask *rt);

/* --- emulated_requests.c: for struct recording --- */
void emulated_request(struct recording *rec, struct call *c);

#endif
