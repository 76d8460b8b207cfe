/* Packets that begin and end the run, or the client's hold of a process. */
#include "gdb/client_points.h"
#include "gdb/diversion.h"
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "gdb/resume.h"
#include "gdb/stop_replies.h"

#include <errno.h>
#include <stdlib.h>

/* ? */
void gdb_why_stopped(struct session *s, struct cursor *in)
{
	(void)in;
	gdb_stop_reply_last(s);
}

/* ! */
void gdb_extended(struct session *s, struct cursor *in)
{
	(void)in;
	gdb_reply_ok(s);
}

static bool take_pid(struct cursor *in, pid_t *pid)
{
	uint64_t v;

	if (!gdb_take_char(in, ';') || !gdb_take_hex(in, &v) || !gdb_at_end(in) || v == 0 ||
	    v > INT32_MAX)
		return false;
	*pid = (pid_t)v;
	return true;
}

/* The client no longer sees the process. What is hidden stays where it is. */
static void hide(struct session *s, pid_t pid)
{
	if (!gdb_process_shown(s, pid)) {
		gdb_reply_error(s, ESRCH);
		return;
	}
	gdb_diversion_end(s);
	gdb_points_forget(s, pid);
	gdb_process_hide(s, pid);
	gdb_reply_ok(s);
}

static void hide_all(struct session *s)
{
	gdb_diversion_end(s);
	gdb_points_forget(s, 0);
	gdb_processes_hide_all(s);
}

/* vKill;PID: kills nothing. The client can attach to the process later. */
void gdb_kill_process(struct session *s, struct cursor *in)
{
	pid_t pid;

	if (take_pid(in, &pid))
		hide(s, pid);
	else
		gdb_reply_error(s, EINVAL);
}

/* k */
void gdb_kill_all(struct session *s, struct cursor *in)
{
	(void)in;
	hide_all(s);
	gdb_reply_none(s);
}

/* D, D;PID */
void gdb_detach(struct session *s, struct cursor *in)
{
	pid_t pid;

	if (gdb_at_end(in)) {
		hide_all(s);
		gdb_reply_ok(s);
	} else if (take_pid(in, &pid)) {
		hide(s, pid);
	} else {
		gdb_reply_error(s, EINVAL);
	}
}

static void arrive(struct session *s, pid_t pid)
{
	const struct debug_thread *t;

	gdb_process_show(s, pid);
	t = gdb_thread_find(s, (struct thread_id){.pid = pid});
	s->last = (struct debug_stop){.kind = DEBUG_STOP_STEP, .pid = pid, .tid = t ? t->tid : pid};
	gdb_stop_reply(s, &s->last);
}

/* vAttach;PID: a process that is hidden, or was never shown. */
void gdb_attach(struct session *s, struct cursor *in)
{
	pid_t pid;

	if (!take_pid(in, &pid) || !gdb_process_alive(s, pid))
		gdb_reply_error(s, ESRCH);
	else
		arrive(s, pid);
}

/* vRun;FILE;ARGUMENT…: goes to the beginning, or to the position that is the only argument. FILE is
 * ignored: the trace says what runs. After vRun a client resumes at once, as it should at the
 * beginning; at a position, a notice stops that. */
void gdb_run_program(struct session *s, struct cursor *in)
{
	struct debug_position to = s->gdb->begin;
	const struct debug_thread *t;
	char *text = NULL;
	bool asked;
	size_t n;

	if (!gdb_take_char(in, ';')) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	gdb_take_until(in, ';', &n);
	if (!gdb_at_end(in))
		text = gdb_take_text(in);
	asked = text && *text;
	bool good = gdb_at_end(in) && (!asked || debug_position_parse(&to, text));
	free(text);
	if (!good) {
		gdb_reply_text(s, "E.run: takes a position, EVENT[:TICKS[+INSNS]]");
		return;
	}
	gdb_seek(s, &to);
	t = gdb_thread_find(s, (struct thread_id){0});
	if (!t)
		t = gdb_threads_all(s, &n);
	if (t)
		arrive(s, t->pid);
	else
		gdb_reply_error(s, ESRCH);
	if (t && asked)
		gdb_notice_add(s, NOTICE_HERE, &s->last);
}

/* R */
void gdb_restart(struct session *s, struct cursor *in)
{
	(void)in;
	gdb_seek(s, &s->gdb->begin);
	if (!s->nshown)
		gdb_processes_begin(s);
	gdb_reply_none(s);
}
