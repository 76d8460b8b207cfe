/* Beginning and ending: of the session, of the run, of what the client has to do with a process. */
#include "gdb/session.h"
#include "util/util.h"

#include <errno.h>
#include <stdlib.h>

/* ? */
void why_stopped(struct session *s, struct cursor *in)
{
	(void)in;
	if (!s->nshown)
		reply_text(s, "W00");
	else
		stop_reply(s, &s->last);
}

/* ! */
void extended(struct session *s, struct cursor *in)
{
	(void)in;
	reply_ok(s);
}

/* A program does not run when the client has nothing to do with it. */
static bool take_pid(struct cursor *in, pid_t *pid)
{
	uint64_t v;

	if (!take_char(in, ';') || !take_hex(in, &v) || !at_end(in) || v == 0 || v > INT32_MAX)
		return false;
	*pid = (pid_t)v;
	return true;
}

static void leave(struct session *s, pid_t pid)
{
	if (!process_shown(s, pid)) {
		reply_error(s, ESRCH);
		return;
	}
	trials_end(s);
	process_hide(s, pid);
	reply_ok(s);
}

/* vKill;PID: there is nothing to kill, and it is there again when it is asked for. */
void kill_process(struct session *s, struct cursor *in)
{
	pid_t pid;

	if (take_pid(in, &pid))
		leave(s, pid);
	else
		reply_error(s, EINVAL);
}

/* k: has no reply. */
void kill_all(struct session *s, struct cursor *in)
{
	(void)in;
	trials_end(s);
	processes_hide_all(s);
	s->no_reply = true;
}

/* D, D;PID */
void detach(struct session *s, struct cursor *in)
{
	pid_t pid;

	if (at_end(in)) {
		trials_end(s);
		processes_hide_all(s);
		reply_ok(s);
	} else if (take_pid(in, &pid)) {
		leave(s, pid);
	} else {
		reply_error(s, EINVAL);
	}
}

static void arrive(struct session *s, pid_t pid)
{
	const struct debug_thread *t;

	process_show(s, pid);
	t = thread_find(s, (struct thread_id){.pid = pid});
	s->last = (struct debug_stop){.kind = DEBUG_STOP_STEP, .pid = pid, .tid = t ? t->tid : pid};
	stop_reply(s, &s->last);
}

/* vAttach;PID: a process that was sent away, or never shown. */
void attach(struct session *s, struct cursor *in)
{
	pid_t pid;

	if (!take_pid(in, &pid) || !process_alive(s, pid))
		reply_error(s, ESRCH);
	else
		arrive(s, pid);
}

/* vRun;FILE;ARGUMENT…: back to the beginning, or to the position that is the only argument. A
 * client goes on at once, which is right for the beginning; at a position it is to stay. The file
 * is the trace's. */
void run_program(struct session *s, struct cursor *in)
{
	struct debug_position to = s->gdb->begin;
	const struct debug_thread *t;
	char *text = NULL;
	bool asked;
	size_t n;

	if (!take_char(in, ';')) {
		reply_error(s, EINVAL);
		return;
	}
	take_until(in, ';', &n);
	if (!at_end(in))
		text = take_text(in);
	asked = text && *text;
	bool good = at_end(in) && (!asked || debug_position_parse(&to, text));
	free(text);
	if (!good) {
		reply_text(s, "E.run: takes a position, EVENT[:TICKS[+INSNS]]");
		return;
	}
	session_seek(s, &to);
	t = thread_find(s, (struct thread_id){0});
	if (!t)
		t = threads_all(s, &n);
	if (t)
		arrive(s, t->pid);
	else
		reply_error(s, ESRCH);
	if (t && asked)
		notice_add(s, NOTICE_HERE, &s->last);
}

/* R: has no reply. */
void restart(struct session *s, struct cursor *in)
{
	(void)in;
	session_seek(s, &s->gdb->begin);
	if (!s->nshown)
		processes_begin(s);
	s->no_reply = true;
}
