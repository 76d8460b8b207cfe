/* Why it has stopped: what the client is told of, and in which order. */
#include "gdb/session.h"
#include "tracee/waitstatus.h"
#include "util/util.h"

#include <stdlib.h>
#include <string.h>

#define GDB_SIGINT 2
#define GDB_SIGTRAP 5

/* --- T packets
 * ------------------------------------------------------------------------------------------------
 */

static void reply_expedited(struct session *s, pid_t tid)
{
	struct trace_regs g;

	if (debug_get_regs(s->debug, tid, &g))
		return;
	for (const struct arch_stop_register *r = arch_stop_registers; r->reg >= 0; r++) {
		reply_format(s, "%02x:", r->number);
		reply_hex(s, &g.r[r->reg], sizeof(g.r[0]));
		reply_text(s, ";");
	}
}

/* What a stop is said to be. */
struct manner {
	int signal; /* -1: the stop's */
	void (*reason)(struct session *s, const struct debug_stop *stop);
	const char *text; /* or a reason that is the same for all */
};

/* "Tnn", the reason, and the thread. */
static void reply_stopped(struct session *s, const struct manner *m, const struct debug_stop *stop,
			  const struct debug_thread *t)
{
	reply_format(s, "T%02x",
		     (unsigned)(m->signal < 0 ? signal_to_gdb(stop->number) : m->signal));
	reply_expedited(s, t->tid);
	if (m->reason)
		m->reason(s, stop);
	if (m->text)
		reply_text(s, m->text);
	reply_text(s, "thread:");
	reply_thread(s, t->pid, t->tid);
	reply_text(s, ";");
	s->general = t->tid;
}

static void why_break(struct session *s, const struct debug_stop *stop)
{
	if (stop->hard ? s->client.hwbreak : s->client.swbreak)
		reply_text(s, stop->hard ? "hwbreak:;" : "swbreak:;");
}

static void why_watch(struct session *s, const struct debug_stop *stop)
{
	const char *name = stop->watch == DEBUG_WATCH_READ     ? "rwatch"
			   : stop->watch == DEBUG_WATCH_ACCESS ? "awatch"
							       : "watch";

	reply_format(s, "%s:%lx;", name, stop->addr);
}

static void why_call_entry(struct session *s, const struct debug_stop *stop)
{
	reply_format(s, "syscall_entry:%x;", (unsigned)stop->number);
}

static void why_call_return(struct session *s, const struct debug_stop *stop)
{
	reply_format(s, "syscall_return:%x;", (unsigned)stop->number);
}

static void why_fork(struct session *s, const struct debug_stop *stop)
{
	reply_text(s, stop->kind == DEBUG_STOP_VFORK ? "vfork:" : "fork:");
	reply_thread(s, stop->other, stop->other);
	reply_text(s, ";");
}

static void why_exec(struct session *s, const struct debug_stop *stop)
{
	const struct process *p = process_shown(s, stop->pid);

	if (!s->client.execs || !p || !p->exec)
		return;
	reply_text(s, "exec:");
	reply_hex(s, p->exec, strlen(p->exec));
	reply_text(s, ";");
}

static const struct manner stops[] = {
	[DEBUG_STOP_STEP] = {.signal = GDB_SIGTRAP},
	[DEBUG_STOP_BREAK] = {.signal = GDB_SIGTRAP, .reason = why_break},
	[DEBUG_STOP_WATCH] = {.signal = GDB_SIGTRAP, .reason = why_watch},
	[DEBUG_STOP_SIGNAL] = {.signal = -1},
	[DEBUG_STOP_CALL_ENTRY] = {.signal = GDB_SIGTRAP, .reason = why_call_entry},
	[DEBUG_STOP_CALL_RETURN] = {.signal = GDB_SIGTRAP, .reason = why_call_return},
	[DEBUG_STOP_FORK] = {.signal = GDB_SIGTRAP, .reason = why_fork},
	[DEBUG_STOP_VFORK] = {.signal = GDB_SIGTRAP, .reason = why_fork},
	[DEBUG_STOP_THREAD] = {.signal = GDB_SIGTRAP, .text = "create:;"},
	[DEBUG_STOP_EXEC] = {.signal = GDB_SIGTRAP, .reason = why_exec},
	[DEBUG_STOP_BEGIN] = {.signal = GDB_SIGTRAP, .text = "replaylog:begin;"},
	[DEBUG_STOP_END] = {.signal = GDB_SIGTRAP, .text = "replaylog:end;"},
	[DEBUG_STOP_INTERRUPT] = {.signal = GDB_SIGINT},
	[DEBUG_STOP_TROUBLE] = {.signal = 0},
};

/* Stops of the server's own. */
static const struct manner here = {0}, exec_found = {.signal = GDB_SIGTRAP, .reason = why_exec},
			   libraries_listed = {.signal = GDB_SIGTRAP, .text = "library:;"},
			   vfork_done = {.signal = GDB_SIGTRAP, .text = "vforkdone:;"};

/* --- ends
 * -----------------------------------------------------------------------------------------------------
 */

static void reply_process_end(struct session *s, const struct debug_stop *stop)
{
	const struct wait_status w = wait_decode(stop->number);

	if (w.kind == WAIT_KILLED)
		reply_format(s, "X%02x", (unsigned)signal_to_gdb(w.signal));
	else
		reply_format(s, "W%02x", (unsigned)w.code);
	reply_format(s, ";process:%x", (unsigned)stop->pid);
}

static void reply_thread_end(struct session *s, const struct debug_stop *stop)
{
	reply_format(s, "w%x;", (unsigned)stop->number);
	reply_thread(s, stop->pid, stop->tid);
}

/* --- notices
 * --------------------------------------------------------------------------------------------------
 */

/* Whom a stop is about: a thread that the client sees; if none is left, another, which is shown
 * from now on. */
static const struct debug_thread *stop_thread(struct session *s, const struct debug_stop *stop)
{
	pid_t tid = stop->kind == DEBUG_STOP_THREAD ? stop->other : stop->tid;
	const struct debug_thread *t = thread_of_tid(s, tid);
	size_t n;

	if (t)
		return t;
	t = thread_find(s, (struct thread_id){0});
	if (t)
		return t;
	t = threads_all(s, &n);
	if (!n)
		return NULL;
	process_show(s, t[0].pid);
	return &t[0];
}

void notice_add(struct session *s, enum notice_kind kind, const struct debug_stop *stop)
{
	if (s->nnotices < NOTICES_MAX)
		s->notices[s->nnotices++] = (struct notice){kind, *stop};
}

/* First of all. */
static void notice_return(struct session *s, const struct notice *n)
{
	if (s->nnotices == NOTICES_MAX)
		s->nnotices--;
	memmove(s->notices + 1, s->notices, s->nnotices * sizeof(*n));
	s->notices[0] = *n;
	s->nnotices++;
}

void notice_arrival(struct session *s)
{
	s->nnotices = 0;
	notice_add(s, NOTICE_LIBRARIES, &s->last);
	notice_add(s, NOTICE_HERE, &s->last);
}

/* Whether the process runs another program than the client believes: it may have got here
 * backwards, or at once. */
static bool exec_unknown(struct session *s, const struct debug_thread *t)
{
	struct process *p = process_shown(s, t->pid);
	const char *exec = debug_exec_file(s->debug, t->pid);

	if (!s->client.execs || !exec || !p || (p->exec && !strcmp(p->exec, exec)))
		return false;
	process_set_exec(p, exec);
	return true;
}

/* A client takes its breakpoints for gone when told of an exec. */
static void reply_exec(struct session *s, const struct debug_thread *t)
{
	struct debug_stop exec = {.kind = DEBUG_STOP_EXEC, .pid = t->pid, .tid = t->tid};

	points_forget(s, t->pid);
	reply_stopped(s, &exec_found, &exec, t);
}

static void reply_stop(struct session *s, const struct debug_stop *stop,
		       const struct debug_thread *t)
{
	if (stop->kind == DEBUG_STOP_EXEC) {
		process_show(s, t->pid);
		points_forget(s, t->pid);
	}
	if (stop->kind == DEBUG_STOP_TROUBLE)
		console_format(s, "rr-gdb: %s\n", debug_error(s->debug));
	reply_stopped(s, &stops[stop->kind], stop, t);
}

void notice_reply(struct session *s, const struct notice *n)
{
	const struct notice kept = *n;
	const struct debug_stop *stop = &kept.stop;
	const struct debug_thread *t;

	s->last = *stop;
	if (kept.kind == NOTICE_STOP && stop->kind == DEBUG_STOP_EXIT) {
		reply_process_end(s, stop);
		return;
	}
	if (kept.kind == NOTICE_STOP && stop->kind == DEBUG_STOP_THREAD_END) {
		reply_thread_end(s, stop);
		return;
	}
	t = stop_thread(s, stop);
	if (!t) {
		reply_text(s, "W00");
		return;
	}
	if (!(kept.kind == NOTICE_STOP && stop->kind == DEBUG_STOP_EXEC) && exec_unknown(s, t)) {
		notice_return(s, &kept);
		reply_exec(s, t);
		return;
	}
	switch (kept.kind) {
	case NOTICE_STOP: reply_stop(s, stop, t); break;
	case NOTICE_HERE: reply_stopped(s, &here, stop, t); break;
	case NOTICE_LIBRARIES: reply_stopped(s, &libraries_listed, stop, t); break;
	case NOTICE_VFORK_DONE: reply_stopped(s, &vfork_done, stop, t); break;
	}
}

void stop_reply(struct session *s, const struct debug_stop *stop)
{
	const struct notice n = {NOTICE_STOP, *stop};

	notice_reply(s, &n);
}
