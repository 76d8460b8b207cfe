#include "gdb/inferiors.h"

#include "util/alloc.h"
#include "util/array.h"

#include <stdlib.h>

/* --- processes --- */

struct process *gdb_process_shown(struct session *s, pid_t pid)
{
	for (size_t i = 0; i < s->nshown; i++)
		if (s->shown[i].pid == pid)
			return &s->shown[i];
	return NULL;
}

void gdb_process_set_exec(struct process *p, const char *exec)
{
	free(p->exec);
	p->exec = exec ? xstrdup(exec) : NULL;
}

void gdb_process_show(struct session *s, pid_t pid)
{
	struct process *p = gdb_process_shown(s, pid);

	if (!p) {
		p = ARRAY_ADD(s->shown, s->nshown);
		*p = (struct process){.pid = pid};
	}
	gdb_process_set_exec(p, debug_exec_file(s->debug, pid));
}

void gdb_process_hide(struct session *s, pid_t pid)
{
	struct process *p = gdb_process_shown(s, pid);

	if (!p)
		return;
	gdb_process_set_exec(p, NULL);
	*p = s->shown[--s->nshown];
}

void gdb_processes_hide_all(struct session *s)
{
	while (s->nshown)
		gdb_process_hide(s, s->shown[0].pid);
}

bool gdb_process_alive(struct session *s, pid_t pid)
{
	size_t n;
	const struct debug_thread *t = gdb_threads_all(s, &n);

	for (size_t i = 0; i < n; i++)
		if (t[i].pid == pid)
			return true;
	return false;
}

void gdb_processes_begin(struct session *s)
{
	size_t n;
	const struct debug_thread *t = gdb_threads_all(s, &n);

	for (size_t i = 0; i < n; i++)
		if (t[i].pid == s->gdb->only || !s->gdb->only)
			gdb_process_show(s, t[i].pid);
	if (!s->nshown && n)
		gdb_process_show(s, t[0].pid);
}

/* --- threads --- */

const struct debug_thread *gdb_threads_all(struct session *s, size_t *n)
{
	if (!s->threads)
		s->threads = debug_threads(s->debug, &s->nthreads);
	*n = s->threads ? s->nthreads : 0;
	return s->threads;
}

void gdb_threads_forget(struct session *s)
{
	free(s->threads);
	s->threads = NULL;
}

const struct debug_thread *gdb_thread_find(struct session *s, struct thread_id id)
{
	size_t n;
	const struct debug_thread *t = gdb_threads_all(s, &n);

	for (size_t i = 0; i < n; i++) {
		if (!gdb_process_shown(s, t[i].pid))
			continue;
		if ((id.pid <= 0 || t[i].pid == id.pid) && (id.tid <= 0 || t[i].tid == id.tid))
			return &t[i];
	}
	return NULL;
}

const struct debug_thread *gdb_thread_of_tid(struct session *s, pid_t tid)
{
	return tid > 0 ? gdb_thread_find(s, (struct thread_id){.tid = tid}) : NULL;
}

const struct debug_thread *gdb_thread_general(struct session *s)
{
	return gdb_thread_find(s, (struct thread_id){.tid = s->general});
}
