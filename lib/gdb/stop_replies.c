#include "gdb/stop_replies.h"

#include "gdb/client_points.h"
#include "gdb/console.h"
#include "gdb/inferiors.h"
#include "gdb/reply.h"
#include "gdb/signal_numbers.h"
#include "tracee/waitstatus.h"

#include <assert.h>
#include <string.h>

#define GDB_SIGINT 2
#define GDB_SIGTRAP 5

/* --- T packets --- */

static void reply_expedited(struct session *s, pid_t tid)
{
	struct trace_regs g;

	if (debug_get_regs(s->debug, tid, &g))
		return;
	for (const struct arch_stop_register *r = arch_stop_registers; r->reg >= 0; r++) {
		gdb_reply_format(s, "%02x:", r->number);
		gdb_reply_hex(s, &g.r[r->reg], sizeof(g.r[0]));
		gdb_reply_text(s, ";");
	}
}

/* How a kind of stop is reported. */
struct report {
	int signal; /* -1: the one that the task stopped for */
	void (*reason)(struct session *s, const struct debug_stop *stop);
	const char *text; /* or a reason that is always the same */
};

/* "Tnn", registers, the reason, and the thread. */
static void reply_stopped(struct session *s, const struct report *m, const struct debug_stop *stop,
			  const struct debug_thread *t)
{
	gdb_reply_format(s, "T%02x",
			 (unsigned)(m->signal < 0 ? gdb_signal_encode(stop->number) : m->signal));
	reply_expedited(s, t->tid);
	if (m->reason)
		m->reason(s, stop);
	if (m->text)
		gdb_reply_text(s, m->text);
	gdb_reply_text(s, "thread:");
	gdb_reply_thread(s, t->pid, t->tid);
	gdb_reply_text(s, ";");
	s->general = t->tid;
}

static void why_break(struct session *s, const struct debug_stop *stop)
{
	if (stop->hard ? s->client.hwbreak : s->client.swbreak)
		gdb_reply_text(s, stop->hard ? "hwbreak:;" : "swbreak:;");
}

static void why_watch(struct session *s, const struct debug_stop *stop)
{
	static const char *const names[] = {[DEBUG_WATCH_WRITE] = "watch",
					    [DEBUG_WATCH_READ] = "rwatch",
					    [DEBUG_WATCH_ACCESS] = "awatch"};

	assert(stop->watch >= DEBUG_WATCH_WRITE && stop->watch <= DEBUG_WATCH_ACCESS);
	gdb_reply_format(s, "%s:%lx;", names[stop->watch], stop->addr);
}

static void why_call_entry(struct session *s, const struct debug_stop *stop)
{
	gdb_reply_format(s, "syscall_entry:%x;", (unsigned)stop->number);
}

static void why_call_return(struct session *s, const struct debug_stop *stop)
{
	gdb_reply_format(s, "syscall_return:%x;", (unsigned)stop->number);
}

static void why_fork(struct session *s, const struct debug_stop *stop)
{
	gdb_reply_text(s, stop->kind == DEBUG_STOP_VFORK ? "vfork:" : "fork:");
	gdb_reply_thread(s, stop->other, stop->other);
	gdb_reply_text(s, ";");
}

static void why_exec(struct session *s, const struct debug_stop *stop)
{
	const struct process *p = gdb_process_shown(s, stop->pid);

	if (!s->client.execs || !p || !p->exec)
		return;
	gdb_reply_text(s, "exec:");
	gdb_reply_hex(s, p->exec, strlen(p->exec));
	gdb_reply_text(s, ";");
}

static const struct report stops[] = {
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
	[DEBUG_STOP_FAILED] = {.signal = 0},
};

/* What is reported between stops. */
static const struct report here = {0}, exec_found = {.signal = GDB_SIGTRAP, .reason = why_exec},
			   libraries_listed = {.signal = GDB_SIGTRAP, .text = "library:;"},
			   vfork_done = {.signal = GDB_SIGTRAP, .text = "vforkdone:;"};

/* --- ends --- */

static void reply_process_end(struct session *s, const struct debug_stop *stop)
{
	const struct wait_status w = wait_decode(stop->number);

	if (w.kind == WAIT_KILLED)
		gdb_reply_format(s, "X%02x", (unsigned)gdb_signal_encode(w.signal));
	else
		gdb_reply_format(s, "W%02x", (unsigned)w.code);
	gdb_reply_format(s, ";process:%x", (unsigned)stop->pid);
}

static void reply_thread_end(struct session *s, const struct debug_stop *stop)
{
	gdb_reply_format(s, "w%x;", (unsigned)stop->number);
	gdb_reply_thread(s, stop->pid, stop->tid);
}

/* --- notices --- */

/* The thread that a stop is about, if the client sees it, else another one. If the client sees no
 * thread any more, it sees the first from now on. */
static const struct debug_thread *stop_thread(struct session *s, const struct debug_stop *stop)
{
	pid_t tid = stop->kind == DEBUG_STOP_THREAD ? stop->other : stop->tid;
	const struct debug_thread *t = gdb_thread_of_tid(s, tid);
	size_t n;

	if (t)
		return t;
	t = gdb_thread_find(s, (struct thread_id){0});
	if (t)
		return t;
	t = gdb_threads_all(s, &n);
	if (!n)
		return NULL;
	gdb_process_show(s, t[0].pid);
	return &t[0];
}

void gdb_notice_add(struct session *s, enum notice_kind kind, const struct debug_stop *stop)
{
	if (s->nnotices < NOTICES_MAX)
		s->notices[s->nnotices++] = (struct notice){kind, *stop};
}

/* Puts it before the others; the last one is lost if there are too many. */
static void notice_return(struct session *s, const struct notice *n)
{
	if (s->nnotices == NOTICES_MAX)
		s->nnotices--;
	memmove(s->notices + 1, s->notices, s->nnotices * sizeof(*n));
	s->notices[0] = *n;
	s->nnotices++;
}

void gdb_notice_arrival(struct session *s)
{
	s->nnotices = 0;
	gdb_notice_add(s, NOTICE_LIBRARIES, &s->last);
	gdb_notice_add(s, NOTICE_HERE, &s->last);
}

/* Whether the process runs another program than the client believes: the replay may have passed an
 * exec backwards, or in a seek. */
static bool exec_unknown(struct session *s, const struct debug_thread *t)
{
	struct process *p = gdb_process_shown(s, t->pid);
	const char *exec = debug_exec_file(s->debug, t->pid);

	if (!s->client.execs || !exec || !p || (p->exec && !strcmp(p->exec, exec)))
		return false;
	gdb_process_set_exec(p, exec);
	return true;
}

/* A client that an exec is reported to believes that its breakpoints are gone. */
static void reply_exec(struct session *s, const struct debug_thread *t)
{
	struct debug_stop exec = {.kind = DEBUG_STOP_EXEC, .pid = t->pid, .tid = t->tid};

	gdb_points_forget(s, t->pid);
	reply_stopped(s, &exec_found, &exec, t);
}

static void reply_stop(struct session *s, const struct debug_stop *stop,
		       const struct debug_thread *t)
{
	if (stop->kind == DEBUG_STOP_EXEC) {
		gdb_process_show(s, t->pid);
		gdb_points_forget(s, t->pid);
	}
	if (stop->kind == DEBUG_STOP_FAILED)
		gdb_console_format(s, "rr-gdb: %s\n", debug_error(s->debug));
	reply_stopped(s, &stops[stop->kind], stop, t);
}

static void notice_reply(struct session *s, struct notice n)
{
	const struct debug_stop *stop = &n.stop;
	const struct debug_thread *t;

	s->last = *stop;
	if (n.kind == NOTICE_STOP && stop->kind == DEBUG_STOP_EXIT) {
		reply_process_end(s, stop);
		return;
	}
	if (n.kind == NOTICE_STOP && stop->kind == DEBUG_STOP_THREAD_END) {
		reply_thread_end(s, stop);
		return;
	}
	t = stop_thread(s, stop);
	if (!t) {
		gdb_reply_text(s, "W00");
		return;
	}
	if (!(n.kind == NOTICE_STOP && stop->kind == DEBUG_STOP_EXEC) && exec_unknown(s, t)) {
		notice_return(s, &n);
		reply_exec(s, t);
		return;
	}
	switch (n.kind) {
	case NOTICE_STOP: reply_stop(s, stop, t); break;
	case NOTICE_HERE: reply_stopped(s, &here, stop, t); break;
	case NOTICE_LIBRARIES: reply_stopped(s, &libraries_listed, stop, t); break;
	case NOTICE_VFORK_DONE: reply_stopped(s, &vfork_done, stop, t); break;
	}
}

void gdb_stop_reply(struct session *s, const struct debug_stop *stop)
{
	notice_reply(s, (struct notice){NOTICE_STOP, *stop});
}

void gdb_stop_reply_last(struct session *s)
{
	if (!s->nshown)
		gdb_reply_text(s, "W00");
	else
		notice_reply(s, (struct notice){NOTICE_STOP, s->last});
}

bool gdb_notice_due(struct session *s)
{
	pid_t vforked = s->vforked;

	if (s->nnotices) {
		struct notice n = s->notices[0];
		s->nnotices--;
		memmove(s->notices, s->notices + 1, s->nnotices * sizeof(n));
		notice_reply(s, n);
		return true;
	}
	s->vforked = 0;
	if (!vforked || gdb_process_shown(s, s->vfork_child))
		return false;
	/* A client that does not follow the child inserts no breakpoints until the child no longer
	 * uses the parent's memory. Here they cannot harm the child, so this is reported at once.
	 */
	notice_reply(s,
		     (struct notice){NOTICE_VFORK_DONE, {.kind = DEBUG_STOP_STEP, .tid = vforked}});
	return true;
}
