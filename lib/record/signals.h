/* Signals of recorded tasks: each is delivered at an exact point. */
#ifndef RR_SIGNALS_H
#define RR_SIGNALS_H

#include "record/rtask.h"

struct recorder;

/* Ticks that a handler runs at least before another interrupts it, and what it has interrupted
 * before the next does: a timer may expire faster than its signals can be delivered. */
#define COOLDOWN_TICKS 1000

/* The task is in signal-delivery-stop: delivers the signal, or keeps it pending until the task is
 * at an exact point. */
void signal_stop(struct recorder *r, struct rtask *rt);
/* Delivers the signal of an emulated signal-delivery-stop, or the one that the tracer gives
 * instead. inexact: the task is at no exact point. True: a handler runs next. */
bool signal_deliver_traced(struct recorder *r, struct rtask *rt, bool inexact);
/* At a stop: the task has its own signal mask again. */
void signal_restore_mask(struct rtask *rt);
/* Whether the signal's default action is to stop the process. */
bool signal_stops(int sig);
/* Sends a pending signal that needs no exact point to the task again, when it has waited too long.
 */
void signal_check_overdue(struct rtask *rt);
/* At a call's entry: if a signal is pending, takes the call back, and has the signal delivered in
 * front of it. False: the call is to be made. */
bool signal_deliver_at_call(struct recorder *r, struct rtask *rt);
/* Sends all pending signals to the task again: it takes them in the call that it is entering. */
void signals_resend(struct rtask *rt);

#endif
