#include "gdb/resume.h"

#include "gdb/console.h"
#include "gdb/diversion.h"
#include "gdb/inferiors.h"
#include "gdb/reply.h"
#include "gdb/stop_replies.h"

#include <errno.h>
#include <string.h>

/* --- which stops are reported --- */

/* Backwards, the client needs no report of a thread that has ceased to exist. Forks are caught
 * there for fork_undone(). */
static void catch_update(struct session *s, bool backward)
{
	struct debug_catch c = s->catch;

	c.calls = s->catch_calls;
	c.threads = s->catch_threads && !backward;
	c.forks = s->client.forks || s->client.vforks || backward;
	c.execs = true;
	debug_catch_set(s->debug, &c);
}

static bool fork_wanted(const struct session *s, const struct debug_stop *stop)
{
	return stop->kind == DEBUG_STOP_VFORK ? s->client.vforks : s->client.forks;
}

static bool others_shown(struct session *s)
{
	return gdb_thread_find(s, (struct thread_id){0}) != NULL;
}

/* Undoes the exit of the last process that the client sees: the user can still look at it. */
static void exit_undo(struct session *s, struct debug_stop *stop)
{
	struct debug_position here = debug_here(s->debug),
			      before = {.event = here.event ? here.event - 1 : 0};

	debug_seek(s->debug, &before, stop);
	gdb_threads_forget(s);
	if (stop->kind == DEBUG_STOP_STEP)
		stop->kind = DEBUG_STOP_END;
}

/* --- backwards --- */

/* Backwards, an exec or a fork stops just after it. Goes to the position before it. True: something
 * else stopped first, and is now in `stop`. */
static bool step_before(struct session *s, struct debug_stop *stop)
{
	const struct debug_resume before = {.backward = true, .step = stop->tid};

	debug_resume(s->debug, &before, stop);
	gdb_threads_forget(s);
	return stop->kind != DEBUG_STOP_STEP;
}

static bool runs_another(struct session *s, pid_t pid)
{
	const struct process *p = gdb_process_shown(s, pid);
	const char *exec = debug_exec_file(s->debug, pid);

	return p && p->exec && exec && strcmp(p->exec, exec);
}

/* Before an exec there is another program, in which the client must set its breakpoints: the stop
 * is reported. */
static bool exec_undone(struct session *s, struct debug_stop *stop)
{
	if (!s->client.execs || !gdb_process_shown(s, stop->pid))
		return false;
	if (!runs_another(s, stop->pid) && step_before(s, stop))
		return true;
	stop->kind = DEBUG_STOP_EXEC;
	return true;
}

/* Goes back to a position and stops there as if it were the beginning. */
static void stay(struct session *s, const struct debug_position *p, pid_t pid,
		 struct debug_stop *stop)
{
	debug_seek(s->debug, p, stop);
	gdb_threads_forget(s);
	*stop = (struct debug_stop){.kind = DEBUG_STOP_BEGIN, .pid = pid, .tid = pid};
}

/* Backwards past the fork of the last process that the client sees, there is nothing to look at:
 * the replay stays just after the fork. */
static bool fork_undone(struct session *s, struct debug_stop *stop)
{
	struct debug_position after = debug_here(s->debug);
	const pid_t child = stop->other;

	if (!gdb_process_shown(s, child))
		return false;
	if (!gdb_process_alive(s, child))
		after = (struct debug_position){.event = after.event + 1};
	else if (step_before(s, stop))
		return true;
	if (others_shown(s))
		return false;
	stay(s, &after, child, stop);
	return true;
}

/* Whether the stop is reported. It may become another stop, at another position. */
static bool stop_wanted(struct session *s, struct debug_stop *stop, bool backward)
{
	struct process *p = gdb_process_shown(s, stop->pid);

	switch (stop->kind) {
	case DEBUG_STOP_STEP:
	case DEBUG_STOP_BEGIN:
	case DEBUG_STOP_END:
	case DEBUG_STOP_INTERRUPT:
	case DEBUG_STOP_FAILED: return true;
	case DEBUG_STOP_FORK:
	case DEBUG_STOP_VFORK:
		if (backward)
			return fork_undone(s, stop);
		return p && fork_wanted(s, stop);
	case DEBUG_STOP_EXEC: return backward ? exec_undone(s, stop) : p != NULL;
	case DEBUG_STOP_EXIT:
		if (!p || backward)
			return false;
		if (!others_shown(s))
			exit_undo(s, stop);
		else if (!s->client.multiprocess)
			return false;
		return true;
	default: return p;
	}
}

/* --- moving --- */

static void run(struct session *s, const struct debug_resume *go, struct debug_stop *stop)
{
	const struct debug_position from =
		go->backward ? debug_here(s->debug) : (struct debug_position){0};
	const struct debug_thread *t = gdb_thread_find(s, (struct thread_id){0});
	const pid_t pid = t ? t->pid : 0;

	catch_update(s, go->backward);
	s->listening = true;
	gdb_program_output_release(s);
	do {
		debug_resume(s->debug, go, stop);
		gdb_threads_forget(s);
	} while (!stop_wanted(s, stop, go->backward));
	/* This began just after the fork of the only process that the client sees. */
	if (go->backward && pid && !others_shown(s))
		stay(s, &from, pid, stop);
	s->listening = false;
}

void gdb_resume(struct session *s, const struct debug_resume *go)
{
	struct debug_stop stop = {0};

	if (!s->nshown) {
		gdb_reply_error(s, ESRCH);
		return;
	}
	if (gdb_notice_due(s))
		return;
	if (go->step && !gdb_thread_of_tid(s, go->step)) {
		gdb_reply_error(s, ESRCH);
		return;
	}
	if (go->backward || !gdb_diversion_running(s))
		gdb_diversion_end(s);
	run(s, go, &stop);
	if (s->wire.closed) {
		gdb_reply_none(s);
		return;
	}
	if (stop.kind == DEBUG_STOP_FORK || stop.kind == DEBUG_STOP_VFORK)
		gdb_process_show(s, stop.other);
	if (stop.kind == DEBUG_STOP_VFORK) {
		s->vforked = stop.tid;
		s->vfork_child = stop.other;
	}
	gdb_stop_reply(s, &stop);
}

enum debug_stop_kind gdb_seek(struct session *s, const struct debug_position *p)
{
	struct debug_stop stop = {0};

	gdb_diversion_end(s);
	s->nnotices = 0;
	s->vforked = 0;
	debug_seek(s->debug, p, &stop);
	gdb_threads_forget(s);
	s->last = stop;
	s->last.kind = DEBUG_STOP_STEP;
	return stop.kind;
}
