#include "gdb/session.h"
#include "util/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- experiments
 * ---------------------------------------------------------------------------------------------- */

/* What the client writes makes a fork of this point (replay/debug.h). The next resume ends it,
 * unless the client has moved a thread to another place to run something there, as gdb does for
 * `call`: then that runs, and the resume after the client has put the registers back ends it. */

void trial_begin(struct session *s, pid_t tid, const struct trace_regs *before)
{
	if (!debug_experiment(s->debug))
		s->ntrials = 0;
	for (size_t i = 0; i < s->ntrials; i++)
		if (s->trials[i].tid == tid)
			return;
	s->trials = xrealloc(s->trials, (s->ntrials + 1) * sizeof(*s->trials));
	s->trials[s->ntrials++] = (struct trial){tid, ARCH_PC(before), ARCH_SP(before)};
}

void trials_end(struct session *s)
{
	s->ntrials = 0;
	if (!debug_experiment(s->debug))
		return;
	debug_experiment_end(s->debug);
	threads_forget(s);
}

/* A thread is where it was not before the experiment. */
static bool trial_running(struct session *s)
{
	struct trace_regs g;

	for (size_t i = 0; i < s->ntrials; i++) {
		const struct trial *t = &s->trials[i];
		if (!debug_get_regs(s->debug, t->tid, &g) &&
		    (ARCH_PC(&g) != t->pc || ARCH_SP(&g) != t->sp))
			return true;
	}
	return false;
}

/* --- what stops
 * -----------------------------------------------------------------------------------------------
 */

/* Backwards, that threads are no longer there is no news, and that processes are not only where
 * nothing else is left. */
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
	return thread_find(s, (struct thread_id){0}) != NULL;
}

/* A process that was the last the client saw: it stays to be looked at, just before its end. */
static void exit_undo(struct session *s, struct debug_stop *stop)
{
	struct debug_position here = debug_here(s->debug),
			      before = {.event = here.event ? here.event - 1 : 0};

	debug_seek(s->debug, &before, stop);
	threads_forget(s);
	if (stop->kind == DEBUG_STOP_STEP)
		stop->kind = DEBUG_STOP_END;
}

/* --- backwards
 * ------------------------------------------------------------------------------------------------
 */

/* To the place before an exec or a fork, of which the stop tells when it is just behind. True:
 * something else stops on the way, and is now in `stop`. */
static bool step_before(struct session *s, struct debug_stop *stop)
{
	const struct debug_go before = {.backward = true, .step = stop->tid};

	debug_go(s->debug, &before, stop);
	threads_forget(s);
	return stop->kind != DEBUG_STOP_STEP;
}

static bool runs_another(struct session *s, pid_t pid)
{
	const struct process *p = process_shown(s, pid);
	const char *exec = debug_exec_file(s->debug, pid);

	return p && p->exec && exec && strcmp(p->exec, exec);
}

/* The program before an exec is another one: the client has to be told, to set its breakpoints
 * there. */
static bool exec_undone(struct session *s, struct debug_stop *stop)
{
	if (!s->client.execs || !process_shown(s, stop->pid))
		return false;
	if (!runs_another(s, stop->pid) && step_before(s, stop))
		return true;
	stop->kind = DEBUG_STOP_EXEC;
	return true;
}

static void stay(struct session *s, const struct debug_position *p, pid_t pid,
		 struct debug_stop *stop)
{
	debug_seek(s->debug, p, stop);
	threads_forget(s);
	*stop = (struct debug_stop){.kind = DEBUG_STOP_BEGIN, .pid = pid, .tid = pid};
}

/* A process that is the last the client sees: it stays to be looked at, just behind the fork that
 * made it. */
static bool fork_undone(struct session *s, struct debug_stop *stop)
{
	struct debug_position behind = debug_here(s->debug);
	const pid_t child = stop->other;

	if (!process_shown(s, child))
		return false;
	if (!process_alive(s, child))
		behind = (struct debug_position){.event = behind.event + 1};
	else if (step_before(s, stop))
		return true;
	if (others_shown(s))
		return false;
	stay(s, &behind, child, stop);
	return true;
}

/* Whether the client is to be told. */
static bool stop_wanted(struct session *s, struct debug_stop *stop, bool backward)
{
	struct process *p = process_shown(s, stop->pid);

	switch (stop->kind) {
	case DEBUG_STOP_STEP:
	case DEBUG_STOP_BEGIN:
	case DEBUG_STOP_END:
	case DEBUG_STOP_INTERRUPT:
	case DEBUG_STOP_TROUBLE: return true;
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

/* --- moving
 * ---------------------------------------------------------------------------------------------------
 */

static void run(struct session *s, const struct debug_go *go, struct debug_stop *stop)
{
	const struct debug_position from =
		go->backward ? debug_here(s->debug) : (struct debug_position){0};
	const struct debug_thread *t = thread_find(s, (struct thread_id){0});
	const pid_t pid = t ? t->pid : 0;

	catch_update(s, go->backward);
	s->listening = true;
	program_output_release(s);
	do {
		debug_go(s->debug, go, stop);
		threads_forget(s);
	} while (!stop_wanted(s, stop, go->backward));
	/* it began where the fork is that made the process */
	if (go->backward && pid && !others_shown(s))
		stay(s, &from, pid, stop);
	s->listening = false;
}

/* Tells what the client still has to be told instead of moving; true if it did. */
static bool notice_due(struct session *s)
{
	if (s->nnotices) {
		struct notice n = s->notices[0];
		s->nnotices--;
		memmove(s->notices, s->notices + 1, s->nnotices * sizeof(n));
		notice_reply(s, &n);
		return true;
	}
	/* A client that does not follow the child waits for it to be done with the parent's memory,
	 * and has no breakpoints in there until then. They are no danger here: it is told at once.
	 */
	if (s->vforked && !process_shown(s, s->vfork_child)) {
		struct notice n = {NOTICE_VFORK_DONE, {.kind = DEBUG_STOP_STEP, .tid = s->vforked}};
		s->vforked = 0;
		notice_reply(s, &n);
		return true;
	}
	s->vforked = 0;
	return false;
}

static void resume(struct session *s, struct debug_go *go, bool step)
{
	struct debug_stop stop = {0};

	if (!s->nshown || notice_due(s)) {
		if (!s->nshown)
			reply_error(s, ESRCH);
		return;
	}
	if (step && !thread_of_tid(s, go->step)) {
		reply_error(s, ESRCH);
		return;
	}
	if (go->backward || !trial_running(s))
		trials_end(s);
	run(s, go, &stop);
	if (s->wire.closed) {
		s->no_reply = true;
		return;
	}
	if (stop.kind == DEBUG_STOP_FORK || stop.kind == DEBUG_STOP_VFORK)
		process_show(s, stop.other);
	if (stop.kind == DEBUG_STOP_VFORK) {
		s->vforked = stop.tid;
		s->vfork_child = stop.other;
	}
	stop_reply(s, &stop);
}

enum debug_stop_kind session_seek(struct session *s, const struct debug_position *p)
{
	struct debug_stop stop = {0};

	trials_end(s);
	s->nnotices = 0;
	s->vforked = 0;
	debug_seek(s->debug, p, &stop);
	threads_forget(s);
	s->last = stop;
	s->last.kind = DEBUG_STOP_STEP;
	return stop.kind;
}

/* --- packets
 * --------------------------------------------------------------------------------------------------
 */

/* The thread that is to step when a packet names none. */
static pid_t stepped(struct session *s, pid_t named)
{
	const struct debug_thread *t = thread_of_tid(s, named);

	if (!t)
		t = thread_general(s);
	return t ? t->tid : named;
}

static void resume_simply(struct session *s, bool backward, bool step)
{
	struct debug_go go = {.backward = backward, .step = step ? stepped(s, s->stepped) : 0};

	resume(s, &go, step);
}

/* c, C; a signal to deliver is not: the program gets those it got. Nor can it go on elsewhere. */
void resume_continue(struct session *s, struct cursor *in)
{
	(void)in;
	resume_simply(s, false, false);
}

void resume_step(struct session *s, struct cursor *in)
{
	(void)in;
	resume_simply(s, false, true);
}

void resume_back(struct session *s, struct cursor *in)
{
	(void)in;
	resume_simply(s, true, false);
}

void resume_back_step(struct session *s, struct cursor *in)
{
	(void)in;
	resume_simply(s, true, true);
}

void resume_vcont_query(struct session *s, struct cursor *in)
{
	(void)in;
	reply_text(s, "vCont;c;C;s;S;t;r");
}

/* One action of vCont: a letter, what belongs to it, and maybe a thread. */
struct action {
	char letter;
	uint64_t lo, hi;
	struct thread_id thread;
};

static bool take_action(struct cursor *in, struct action *a)
{
	uint64_t signal;

	memset(a, 0, sizeof(*a));
	if (!take_char(in, ';') || at_end(in))
		return false;
	a->letter = *in->p++;
	switch (a->letter) {
	case 'C':
	case 'S':
		if (!take_hex(in, &signal))
			return false;
		break;
	case 'r':
		if (!take_range(in, &a->lo, &a->hi))
			return false;
		break;
	case 'c':
	case 's':
	case 't': break;
	default: return false;
	}
	return !take_char(in, ':') || take_thread(in, &a->thread);
}

/* The first thread that steps decides; the others run as they did. */
void resume_vcont(struct session *s, struct cursor *in)
{
	struct debug_go go = {0};
	bool step = false, moves = false;
	struct action a;

	while (!at_end(in)) {
		if (!take_action(in, &a)) {
			reply_error(s, EINVAL);
			return;
		}
		moves = moves || a.letter != 't';
		if (step || !strchr("sSr", a.letter))
			continue;
		step = true;
		go.step = a.thread.tid > 0 ? a.thread.tid : stepped(s, 0);
		go.lo = a.lo;
		go.hi = a.hi;
	}
	if (moves)
		resume(s, &go, step);
	else
		why_stopped(s, in);
}
