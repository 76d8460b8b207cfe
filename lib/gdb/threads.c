/* Which processes and threads the client sees: those of processes that it was told of and has not
 * sent away. */
#include "gdb/session.h"
#include "trace/systab.h"
#include "util/util.h"

#include <stdlib.h>
#include <string.h>

/* --- processes
 * ------------------------------------------------------------------------------------------------
 */

struct process *process_shown(struct session *s, pid_t pid)
{
	for (size_t i = 0; i < s->nshown; i++)
		if (s->shown[i].pid == pid)
			return &s->shown[i];
	return NULL;
}

void process_set_exec(struct process *p, const char *exec)
{
	free(p->exec);
	p->exec = exec ? xstrdup(exec) : NULL;
}

void process_show(struct session *s, pid_t pid)
{
	struct process *p = process_shown(s, pid);

	if (!p) {
		s->shown = xrealloc(s->shown, (s->nshown + 1) * sizeof(*s->shown));
		p = &s->shown[s->nshown++];
		*p = (struct process){.pid = pid};
	}
	process_set_exec(p, debug_exec_file(s->debug, pid));
}

void process_hide(struct session *s, pid_t pid)
{
	struct process *p = process_shown(s, pid);

	if (!p)
		return;
	points_forget(s, pid);
	process_set_exec(p, NULL);
	*p = s->shown[--s->nshown];
}

void processes_hide_all(struct session *s)
{
	while (s->nshown)
		process_hide(s, s->shown[0].pid);
}

bool process_alive(struct session *s, pid_t pid)
{
	size_t n;
	const struct debug_thread *t = threads_all(s, &n);

	for (size_t i = 0; i < n; i++)
		if (t[i].pid == pid)
			return true;
	return false;
}

void processes_begin(struct session *s)
{
	size_t n;
	const struct debug_thread *t = threads_all(s, &n);

	for (size_t i = 0; i < n; i++)
		if (t[i].pid == s->gdb->only || !s->gdb->only)
			process_show(s, t[i].pid);
	if (!s->nshown && n)
		process_show(s, t[0].pid);
}

/* --- threads
 * --------------------------------------------------------------------------------------------------
 */

const struct debug_thread *threads_all(struct session *s, size_t *n)
{
	if (!s->threads)
		s->threads = debug_threads(s->debug, &s->nthreads);
	*n = s->threads ? s->nthreads : 0;
	return s->threads;
}

void threads_forget(struct session *s)
{
	free(s->threads);
	s->threads = NULL;
}

const struct debug_thread *thread_find(struct session *s, struct thread_id id)
{
	size_t n;
	const struct debug_thread *t = threads_all(s, &n);

	for (size_t i = 0; i < n; i++) {
		if (!process_shown(s, t[i].pid))
			continue;
		if ((id.pid <= 0 || t[i].pid == id.pid) && (id.tid <= 0 || t[i].tid == id.tid))
			return &t[i];
	}
	return NULL;
}

const struct debug_thread *thread_of_tid(struct session *s, pid_t tid)
{
	return tid > 0 ? thread_find(s, (struct thread_id){.tid = tid}) : NULL;
}

const struct debug_thread *thread_general(struct session *s)
{
	return thread_find(s, (struct thread_id){.tid = s->general});
}

/* --- packets
 * --------------------------------------------------------------------------------------------------
 */

/* H: the thread that packets of a kind are about. */
void threads_select(struct session *s, struct cursor *in)
{
	bool resuming = take_char(in, 'c');
	struct thread_id id;

	if ((!resuming && !take_char(in, 'g')) || !take_thread(in, &id) || !at_end(in)) {
		reply_error(s, 1);
		return;
	}
	/* Any is the one it was, which the client has last been told of. */
	const struct debug_thread *t = id.pid <= 0 && id.tid <= 0 ? thread_general(s) : NULL;
	if (!t)
		t = thread_find(s, id);
	if (!t) {
		reply_error(s, 2);
		return;
	}
	if (resuming)
		s->stepped = id.tid > 0 ? id.tid : 0;
	else
		s->general = t->tid;
	reply_ok(s);
}

void threads_alive(struct session *s, struct cursor *in)
{
	struct thread_id id;

	if (take_thread(in, &id) && at_end(in) && thread_find(s, id))
		reply_ok(s);
	else
		reply_error(s, 2);
}

void threads_first(struct session *s, struct cursor *in)
{
	size_t n, listed = 0;
	const struct debug_thread *t = threads_all(s, &n);

	(void)in;
	for (size_t i = 0; i < n; i++) {
		if (!process_shown(s, t[i].pid))
			continue;
		reply_text(s, listed++ ? "," : "m");
		reply_thread(s, t[i].pid, t[i].tid);
	}
	if (!listed)
		reply_text(s, "l");
}

/* The first list had all. */
void threads_next(struct session *s, struct cursor *in)
{
	(void)in;
	reply_text(s, "l");
}

/* What `info threads` shows behind a thread. */
void threads_extra(struct session *s, struct cursor *in)
{
	struct thread_id id;
	const struct debug_thread *t =
		take_char(in, ',') && take_thread(in, &id) ? thread_find(s, id) : NULL;
	char text[128];

	if (!t) {
		reply_error(s, 2);
		return;
	}
	const struct sys_desc *call = t->in_call ? systab_get(t->sysno) : NULL;
	snprintf(text, sizeof(text), "%.16s%s%s%s", t->name, call ? ", in " : "",
		 call ? call->name : "", t->next ? ", runs next" : "");
	reply_hex(s, text, strlen(text));
}
