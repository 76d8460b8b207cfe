/* Exact points of a task by its ticks, and stops of counted code: at a counted edge because it was
 * asked for, or at a nondeterministic instruction. */
#ifndef RR_TICKS_H
#define RR_TICKS_H

#include "counter/step.h"
#include "record/rtask.h"

struct recorder;

/* The task, whose registers are read, is at its last exact point. */
bool rtask_at_point(const struct rtask *rt);
/* Gives the task its registers, with the pc that corresponds to the original program's; t->regs
 * keeps the original's. -1 and errno as task_set_regs(). */
int rtask_set_pc(struct rtask *rt, uint64_t pc);
/* Moves a task that has stopped in a trampoline to the original instruction; trapped: it is past a
 * breakpoint instruction. */
void rtask_set_origin(struct rtask *rt, bool trapped);

/* At the entry of a call: if it is one by which counted code stops, deals with it. */
bool tick_stop(struct recorder *r, struct rtask *rt);

/* The task, stopped with its registers read, is to stop at its next counted edge. */
void tick_stop_at_edge(struct rtask *rt);
/* The same if a signal is pending for an exact point. */
void tick_stop_if_pending(struct rtask *rt);

/* Emulates the nondeterministic instruction that the task is stopped at, and puts its event. */
void tick_emulate_insn(struct recorder *r, struct rtask *rt, const struct arch_nondet *c);
/* With the step counter: executes one instruction of a task that is in its code. STEP_CALL: it is
 * to be resumed; STEP_STOPPED: rt->stop is to be handled. */
enum step_result tick_step(struct recorder *r, struct rtask *rt, int sig);
/* With the hardware counter: counts a new task, which has not run yet. */
void tick_open(struct recorder *r, struct rtask *rt);
/* Brings its ticks up to date; with that counter, any stop in the task's code is an exact point. */
void tick_read(struct recorder *r, struct rtask *rt, bool at_call);
/* Other tasks run while this one is at a tick: puts EV_SWITCH. */
void tick_put_switch(struct recorder *r, struct rtask *rt);
/* The task has stopped anywhere in its code, and its registers are read: they and its ticks become
 * those of the original program. Whether a replay can find that position: not in code whose edges
 * are not counted. Only rt changes, not the task's registers. */
bool tick_settle(struct recorder *r, struct rtask *rt);
/* Puts an event for that position, unless the task's last event is there. exact: what tick_settle()
 * said. If it is not, the task is about to end, and the event has the contents of all memory that
 * other tasks can see. */
void tick_put_position(struct recorder *r, struct rtask *rt, bool exact);
/* The same for an exact position of a task that is to go on there: it is RTASK_AT_POINT. */
void tick_stop_here(struct recorder *r, struct rtask *rt);
/* Warns, once for a mapping, that the task executes code that cannot be preempted. */
void tick_warn_uncounted(struct recorder *r, struct rtask *rt);

#endif
