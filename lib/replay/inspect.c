/* Tasks, registers, memory, mappings and files at the current position, as the program has them. */
#include "counter/page.h"
#include "replay/debugger.h"
#include "tracee/address_space.h"
#include "tracee/breakpoints.h"
#include "tracee/procfs.h"
#include "tracee/reserved.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/size.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- tasks --- */

/* Names set by PR_SET_NAME are not replayed: a task has the name of its program. before: n threads
 * that have names, perhaps one of the same process. */
static void name_thread(struct debug *d, struct debug_thread *t, const struct debug_thread *before,
			size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (before[i].pid == t->pid) {
			memcpy(t->name, before[i].name, sizeof(t->name));
			return;
		}
	const char *exe = debug_exec_file(d, t->pid), *slash = exe ? strrchr(exe, '/') : NULL;
	if (exe)
		snprintf(t->name, sizeof(t->name), "%.15s", slash ? slash + 1 : exe);
}

static void fill_thread(struct debug *d, const struct ptask *pt, struct debug_thread *out)
{
	*out = (struct debug_thread){.pid = pt->pid,
				     .tid = pt->id,
				     .next = pt == debugger_next_task(d),
				     .in_call = pt->state == PTASK_AT_CALL,
				     .sysno = (uint16_t)ARCH_SYSNO(&pt->t.regs),
				     .ticks = pt->count.ticks};
}

struct debug_thread *debug_threads(struct debug *d, size_t *n)
{
	pid_t current = debug_current(d);
	struct debug_thread *v = xcalloc(ptask_count(&d->p) + 1, sizeof(*v));
	struct ptask *pt;

	*n = 0;
	for (int pass = 0; pass < 2; pass++)
		SLIST_FOREACH(pt, &d->p.tasks, link)
			if ((pt->id == current) == !pass) {
				fill_thread(d, pt, &v[*n]);
				name_thread(d, &v[*n], v, *n);
				++*n;
			}
	return v;
}

int debug_get_regs(struct debug *d, pid_t tid, struct trace_regs *g)
{
	struct ptask *pt = debugger_need_task(d, tid);

	if (!pt)
		return -1;
	*g = pt->t.regs;
	return 0;
}

ssize_t debug_get_xstate(struct debug *d, pid_t tid, void *buf, size_t max)
{
	struct ptask *pt = debugger_need_task(d, tid);

	return pt ? task_get_xstate(&pt->t, buf, max) : -1;
}

/* --- memory --- */

/* Replaces rewritten code by the original of its file. */
static void show_original(struct debug *d, const struct task *t, uint64_t addr, uint8_t *buf,
			  size_t n)
{
	struct code_run run;

	for (uint64_t at = addr; code_next_run(code_of(t->mm), at, addr + n, &run);
	     at = run.start + run.len) {
		int fd = kernel_replay_code_original(&d->p.rp, run.img);
		if (fd >= 0)
			code_run_show(&run, fd, buf + (run.start - addr));
	}
}

uint64_t debugger_hidden_until(const struct task *t, uint64_t addr)
{
	if (addr >= AGENT_ADDR && addr < AGENT_END)
		return AGENT_END;
	if (kernel_mm_counted(t->mm) && addr >= COUNTER_PAGE && addr < COUNTER_PAGE + PAGE)
		return COUNTER_PAGE + PAGE;
	for (size_t i = 0; i < code_of(t->mm)->n && !code_of(t->mm)->look_only; i++) {
		uint64_t start = code_place_tramp(&code_of(t->mm)->v[i]);
		if (addr >= start && addr - start < code_of(t->mm)->v[i].img->h->tramp_len)
			return start + code_of(t->mm)->v[i].img->h->tramp_len;
	}
	return 0;
}

ssize_t debug_read(struct debug *d, pid_t tid, uint64_t addr, void *buf, size_t n)
{
	struct ptask *pt = debugger_need_task(d, tid);
	ssize_t got;

	if (!pt)
		return -1;
	if (debugger_hidden_until(&pt->t, addr) || (got = task_read(&pt->t, addr, buf, n)) < 0)
		return debugger_fail(d, "there is no memory at 0x%lx", (unsigned long)addr);
	task_hide_breakpoints(&pt->t, addr, buf, (size_t)got);
	show_original(d, &pt->t, addr, buf, (size_t)got);
	return got;
}

/* --- files and mappings --- */

static struct ptask *need_process(struct debug *d, pid_t pid)
{
	struct ptask *pt = debugger_process(d, pid);

	if (!pt)
		debugger_fail(d, "there is no process %d", pid);
	return pt;
}

ssize_t debug_auxv(struct debug *d, pid_t pid, void *buf, size_t max)
{
	struct ptask *pt = need_process(d, pid);
	uint64_t at, pair[2], word;
	size_t n = 0;

	/* The initial stack: argc, argv, 0, environment, 0, auxv (System V ABI, 3.4.1). */
	if (!pt || !(at = pt->t.mm->stack) || task_read_all(&pt->t, at, &word, 8))
		return debugger_fail(d, "there is no process %d", pid);
	at += 8 * (word + 2);
	do {
		if (task_read_all(&pt->t, at, &word, 8))
			return debugger_fail(d, "the environment cannot be read");
		at += 8;
	} while (word);
	do {
		if (n + sizeof(pair) > max || task_read_all(&pt->t, at, pair, sizeof(pair)))
			return debugger_fail(d, "the auxiliary vector cannot be read");
		memcpy((char *)buf + n, pair, sizeof(pair));
		n += sizeof(pair);
		at += sizeof(pair);
	} while (pair[0]);
	return (ssize_t)n;
}

/* The name of the mapping as the recorded kernel showed it. */
static const char *name_at(struct debug *d, const struct task *t, const struct maps_line *l)
{
	for (size_t i = 0; i < code_of(t->mm)->n; i++) {
		const struct code_place *c = &code_of(t->mm)->v[i];
		for (uint32_t s = 0; c->mapped && s < c->img->h->nsegments; s++)
			if (l->start - (c->lo + c->img->h->segments[s].addr) <
			    c->img->h->segments[s].len)
				return kernel_replay_code_path(&d->p.rp, c->img);
	}
	return l->path[0] == '/' && strncmp(l->path, "/memfd:", 7) != 0
		       ? kernel_replay_file_name(&d->p.rp, l->path)
	       : l->path[0] == '[' ? l->path
				   : NULL;
}

const char *debug_exec_file(struct debug *d, pid_t pid)
{
	char *name = d->exec_file;
	struct maps_line l;
	uint64_t auxv[128], phdr = 0;
	ssize_t n = debug_auxv(d, pid, auxv, sizeof(auxv));
	struct ptask *pt = need_process(d, pid);
	struct maps_file *f = pt ? maps_open(pt->t.tid) : NULL;

	for (ssize_t i = 0; i + 1 < n / 8; i += 2)
		if (auxv[i] == 3 /* AT_PHDR */)
			phdr = auxv[i + 1];
	snprintf(name, sizeof(d->exec_file), "%s", trace_reader_meta(d->p.r)->exe);
	while (f && maps_next(f, &l))
		if (l.start <= phdr && phdr < l.end) {
			const char *there = name_at(d, &pt->t, &l);
			if (there)
				snprintf(name, sizeof(d->exec_file), "%s", there);
		}
	maps_close(f);
	return name;
}

int debug_open_file(struct debug *d, const char *path)
{
	int fd = kernel_replay_file_open(&d->p.rp, path);

	return fd < 0 ? debugger_fail(d, "%s: is not in the trace", path) : fd;
}

int debug_maps(struct debug *d, pid_t pid, bool (*fn)(void *ctx, const struct debug_map *m),
	       void *ctx)
{
	struct maps_line l;
	struct debug_map m;
	struct ptask *pt = need_process(d, pid);

	if (pt) /* shows the program's own protections */
		debugger_points_remove(pt);
	struct maps_file *f = pt ? maps_open(pt->t.tid) : NULL;
	if (!f)
		return -1;
	while (maps_next(f, &l)) {
		if (debugger_hidden_until(&pt->t, l.start))
			continue;
		const char *name = name_at(d, &pt->t, &l);
		m = (struct debug_map){
			.start = l.start, .end = l.end, .prot = (int)l.prot, .shared = l.shared};
		snprintf(m.path, sizeof(m.path), "%s", name ? name : "");
		if (!fn(ctx, &m))
			break;
	}
	maps_close(f);
	return 0;
}

ssize_t debug_siginfo(struct debug *d, pid_t tid, void *buf, size_t max)
{
	struct trace_event ev;
	struct trace_data data;

	if (!d->siginfo_event || trace_seek(d->peek, d->siginfo_event) ||
	    trace_next(d->peek, &ev) != 1 || ev.tid != tid)
		return debugger_fail(d, "task %d has not stopped for a signal", tid);
	while (trace_next_data(d->peek, &data) == 1)
		if (data.kind == DATA_SIGINFO && data.len <= max) {
			memcpy(buf, data.bytes, data.len);
			return data.len;
		}
	return debugger_fail(d, "the trace holds nothing of that signal");
}

#define STACK_MAX (256u << 10)

uint64_t debugger_stack_sum(struct debug *d, struct ptask *pt)
{
	uint8_t *buf = d->stack_buf = d->stack_buf ? d->stack_buf : xmalloc(STACK_MAX);
	ssize_t n = debug_read(d, pt->id, ARCH_SP(&pt->t.regs), buf, STACK_MAX);

	return n > 0 ? crc32_add(0, buf, (size_t)n) : 0;
}
