/* Packets about threads. */
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "trace/systab.h"

#include <stdio.h>
#include <string.h>

/* Hg, Hc: chooses the thread that later packets are about. */
void gdb_threads_select(struct session *s, struct cursor *in)
{
	bool resuming = gdb_take_char(in, 'c');
	struct thread_id id;

	if ((!resuming && !gdb_take_char(in, 'g')) || !gdb_take_thread(in, &id) ||
	    !gdb_at_end(in)) {
		gdb_reply_error(s, 1);
		return;
	}
	/* "Any" keeps the chosen thread, which is the one the last stop reply named. */
	const struct debug_thread *t = id.pid <= 0 && id.tid <= 0 ? gdb_thread_general(s) : NULL;
	if (!t)
		t = gdb_thread_find(s, id);
	if (!t) {
		gdb_reply_error(s, 2);
		return;
	}
	if (resuming)
		s->stepped = id.tid > 0 ? id.tid : 0;
	else
		s->general = t->tid;
	gdb_reply_ok(s);
}

/* T */
void gdb_threads_alive(struct session *s, struct cursor *in)
{
	struct thread_id id;

	if (gdb_take_thread(in, &id) && gdb_at_end(in) && gdb_thread_find(s, id))
		gdb_reply_ok(s);
	else
		gdb_reply_error(s, 2);
}

/* qfThreadInfo */
void gdb_threads_first(struct session *s, struct cursor *in)
{
	size_t n, listed = 0;
	const struct debug_thread *t = gdb_threads_all(s, &n);

	(void)in;
	for (size_t i = 0; i < n; i++) {
		if (!gdb_process_shown(s, t[i].pid))
			continue;
		gdb_reply_text(s, listed++ ? "," : "m");
		gdb_reply_thread(s, t[i].pid, t[i].tid);
	}
	if (!listed)
		gdb_reply_text(s, "l");
}

/* qsThreadInfo: the first list was complete. */
void gdb_threads_next(struct session *s, struct cursor *in)
{
	(void)in;
	gdb_reply_text(s, "l");
}

/* qThreadExtraInfo: what `info threads` shows after a thread's id. */
void gdb_threads_extra(struct session *s, struct cursor *in)
{
	struct thread_id id;
	const struct debug_thread *t =
		gdb_take_char(in, ',') && gdb_take_thread(in, &id) ? gdb_thread_find(s, id) : NULL;
	char text[128];

	if (!t) {
		gdb_reply_error(s, 2);
		return;
	}
	const struct sys_desc *call = t->in_call ? systab_get(t->sysno) : NULL;
	snprintf(text, sizeof(text), "%.16s%s%s%s", t->name, call ? ", in " : "",
		 call ? call->name : "", t->next ? ", runs next" : "");
	gdb_reply_hex(s, text, strlen(text));
}
