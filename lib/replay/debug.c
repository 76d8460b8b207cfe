/* A debugger's view of a replay: what is there, and the ways in and out. */
#include "replay/debugger.h"

#include "counter/page.h"
#include "util/util.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int debug_fail(struct debug *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->error, sizeof d->error, fmt, ap);
	va_end(ap);
	line_plain(d->error);
	return -1;
}

const char *debug_error(const struct debug *d)
{
	return d->error;
}

/* --- positions ---------------------------------------------------------------------------------------------- */

void debug_position_print(char text[DEBUG_POSITION_MAX], const struct debug_position *p)
{
	if (p->insns)
		snprintf(text, DEBUG_POSITION_MAX, "%lu:%lu+%lu", (unsigned long)p->event, (unsigned long)p->ticks,
			 (unsigned long)p->insns);
	else if (p->ticks)
		snprintf(text, DEBUG_POSITION_MAX, "%lu:%lu", (unsigned long)p->event, (unsigned long)p->ticks);
	else
		snprintf(text, DEBUG_POSITION_MAX, "%lu", (unsigned long)p->event);
}

static bool number(const char **s, uint64_t *n)
{
	char *end;

	if (**s < '0' || **s > '9')
		return false;
	errno = 0;
	*n = strtoull(*s, &end, 10);
	*s = end;
	return !errno;
}

bool debug_position_parse(struct debug_position *p, const char *text)
{
	*p = (struct debug_position){0};
	if (!number(&text, &p->event))
		return false;
	if (*text == ':' && (text++, !number(&text, &p->ticks)))
		return false;
	if (*text == '+' && (text++, !number(&text, &p->insns)))
		return false;
	return !*text;
}

int debug_position_compare(const struct debug_position *a, const struct debug_position *b)
{
	if (a->event != b->event)
		return a->event < b->event ? -1 : 1;
	if (a->ticks != b->ticks)
		return a->ticks < b->ticks ? -1 : 1;
	return a->insns < b->insns ? -1 : a->insns > b->insns;
}

uint64_t debug_event(const struct debug *d)
{
	return d->p.loaded ? d->p.ev.num - 1 : d->p.ev.num;
}

struct ptask *debug_runner(struct debug *d)
{
	return replayer_load(&d->p) == REPLAY_EXACT ? replayer_find(&d->p, d->p.ev.tid) : NULL;
}

struct ptask *debug_task(struct debug *d, pid_t tid)
{
	return replayer_find(&d->p, tid);
}

struct ptask *debug_process(struct debug *d, pid_t pid)
{
	struct ptask *pt = d->p.tasks;

	while (pt && pt->pid != pid)
		pt = pt->next;
	return pt;
}

struct debug_position debug_here(struct debug *d)
{
	struct ptask *pt;

	if (d->aside)
		return d->aside_at;
	timeline_locate(d);
	pt = debug_runner(d);
	return (struct debug_position){debug_event(d), pt ? pt->count.ticks : 0, d->insns};
}

uint64_t debug_last_event(const struct debug *cd)
{
	struct debug *d = (struct debug *)cd;
	struct trace_event ev;

	if (!d->last_event && !trace_seek(d->peek, 1))
		while (trace_next(d->peek, &ev) == 1)
			d->last_event = ev.num;
	return d->last_event;
}

uint64_t debug_elapsed_ns(const struct debug *cd)
{
	struct debug *d = (struct debug *)cd;
	struct trace_event ev;
	uint64_t e = debug_event(d);

	return e && !trace_seek(d->peek, e) && trace_next(d->peek, &ev) == 1 ? ev.time_ns : 0;
}

/* --- opening and closing ------------------------------------------------------------------------------------ */

static int shown_output(void *ctx, const struct trace_event *ev, int stream, const void *bytes, size_t n)
{
	struct debug *d = ctx;

	if (ev->num > d->put_out && d->o.output)
		d->o.output(d->o.ctx, stream, bytes, n);
	return 0;
}

/* How often the replay is looked at while it runs: for ^C, and for checkpoints. */
#define LOOK_US 50000

static int start(struct debug *d)
{
	static const char *const needs[] = {"soft", "none"};
	const char *counter;

	if (replayer_open(&d->p))
		return -1;
	counter = trace_reader_meta(d->p.r)->counter;
	if (counter && strcmp(counter, needs[0]) != 0 && strcmp(counter, needs[1]) != 0) {
		trouble(&d->p, "%s: was recorded with the counter '%s': only what counted code counts, or nothing, can be debugged",
			trace_reader_dir(d->p.r), counter);
		return -1;
	}
	d->peek = trace_open(trace_reader_dir(d->p.r), false);
	if (!d->peek) {
		trouble(&d->p, "%s", trace_strerror());
		return -1;
	}
	const struct itimerval every = {{0, LOOK_US}, {0, LOOK_US}};
	setitimer(ITIMER_REAL, &every, NULL);
	if (replayer_next(&d->p)) {
		trouble(&d->p, "%s: holds nothing to debug", trace_reader_dir(d->p.r));
		return -1;
	}
	d->insns_known = true;
	timeline_keep(d, false);
	if (!d->nkept) {
		trouble(&d->p, "the first checkpoint cannot be made: %s", strerror(errno));
		return -1;
	}
	d->current = d->p.tasks->id;
	return 0;
}

struct debug *debug_open(const struct debug_options *o)
{
	struct debug *d = xcalloc(1, sizeof *d);

	d->o = *o;
	d->ro = (struct replay_options){.trace = o->trace, .write_fd = -1, .output = shown_output, .ctx = d};
	d->p.o = &d->ro;
	d->p.stats = &d->stats;
	d->plan = 1;
	d->spacing = 0;
	d->pauses.at_stop = motion_at_stop;
	d->pauses.at_event = motion_at_event;
	d->p.pauses = &d->pauses;
	if (!start(d))
		return d;
	debug_close(d);
	return NULL;
}

void debug_close(struct debug *d)
{
	debug_experiment_end(d);
	debug_break_remove_all(d);
	free(d->points);
	timeline_free(d);
	replayer_close(&d->p);
	trace_reader_close(d->peek);
	free(d);
}

/* --- tasks ---------------------------------------------------------------------------------------------------- */

/* What a program calls its tasks (PR_SET_NAME) is not replayed: they have the name they begin with. before: others, n of
 * them, of which one may be of the same process. */
static void name_thread(struct debug *d, struct debug_thread *t, const struct debug_thread *before, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (before[i].pid == t->pid) {
			memcpy(t->name, before[i].name, sizeof t->name);
			return;
		}
	const char *exe = debug_exec_file(d, t->pid), *slash = exe ? strrchr(exe, '/') : NULL;
	if (exe)
		snprintf(t->name, sizeof t->name, "%.15s", slash ? slash + 1 : exe);
}

static void fill_thread(struct debug *d, const struct ptask *pt, struct debug_thread *out)
{
	*out = (struct debug_thread){.pid = pt->pid,
				     .tid = pt->id,
				     .next = pt == debug_runner(d),
				     .in_call = pt->in_call,
				     .sysno = (uint16_t)ARCH_SYSNO(&pt->t.regs),
				     .ticks = pt->count.ticks};
}

struct debug_thread *debug_threads(struct debug *d, size_t *n)
{
	pid_t current = debug_current(d);
	size_t count = 0;

	for (struct ptask *pt = d->p.tasks; pt; pt = pt->next)
		count++;
	struct debug_thread *v = xcalloc(count + 1, sizeof *v);
	*n = 0;
	for (int pass = 0; pass < 2; pass++)
		for (struct ptask *pt = d->p.tasks; pt; pt = pt->next)
			if ((pt->id == current) == !pass) {
				fill_thread(d, pt, &v[*n]);
				name_thread(d, &v[*n], v, *n);
				++*n;
			}
	return v;
}

pid_t debug_current(const struct debug *d)
{
	struct ptask *pt = debug_task((struct debug *)d, d->current);

	if (!pt)
		pt = debug_runner((struct debug *)d);
	if (!pt)
		pt = d->p.tasks;
	return pt ? pt->id : 0;
}

static struct ptask *need_task(struct debug *d, pid_t tid)
{
	struct ptask *pt = debug_task(d, tid);

	if (!pt)
		debug_fail(d, "there is no task %d here", tid);
	return pt;
}

int debug_get_regs(struct debug *d, pid_t tid, struct trace_regs *g)
{
	struct ptask *pt = need_task(d, tid);

	if (!pt)
		return -1;
	*g = pt->t.regs;
	return 0;
}

int debug_set_regs(struct debug *d, pid_t tid, const struct trace_regs *g)
{
	struct ptask *pt = need_task(d, tid);

	if (!pt || experiment_begin(d) || !(pt = need_task(d, tid)))
		return -1;
	pt->t.regs = *g;
	pt->in_call = false;
	ARCH_SYSNO(&pt->t.regs) = (uint64_t)-1;
	return ptask_go(pt) ? debug_fail(d, "registers cannot be set: %s", strerror(errno)) : 0;
}

ssize_t debug_get_xstate(struct debug *d, pid_t tid, void *buf, size_t max)
{
	struct ptask *pt = need_task(d, tid);

	return pt ? task_get_xstate(&pt->t, buf, max) : -1;
}

int debug_set_xstate(struct debug *d, pid_t tid, const void *buf, size_t n)
{
	struct ptask *pt = need_task(d, tid);

	if (!pt || experiment_begin(d) || !(pt = need_task(d, tid)))
		return -1;
	return task_set_xstate(&pt->t, buf, n) ? debug_fail(d, "registers cannot be set: %s", strerror(errno)) : 0;
}

/* --- memory --------------------------------------------------------------------------------------------------- */

/* Code as the file has it, where rewritten code is. */
static void show_original(struct debug *d, const struct task *t, uint64_t addr, uint8_t *buf, size_t n)
{
	for (size_t i = 0; i < t->mm->code.n; i++) {
		const struct code_place *c = &t->mm->code.v[i];
		const struct code_header *h = c->img->h;
		for (uint32_t s = 0; c->mapped && s < h->nsegments; s++) {
			const struct code_segment *g = &h->segments[s];
			uint64_t lo = c->lo + g->addr, from = addr > lo ? addr : lo;
			uint64_t to = addr + n < lo + g->len ? addr + n : lo + g->len;
			int fd = from < to ? kernel_replay_code_original(&d->p.rp, c->img) : -1;
			if (fd >= 0 && pread(fd, buf + (from - addr), to - from, (off_t)(g->file_off + (from - lo))) < 0)
				return;
		}
	}
}

/* What is ours alone: the agent, the counter page, trampolines. */
static uint64_t hidden_until(const struct task *t, uint64_t addr)
{
	if (addr >= AGENT_ADDR && addr < AGENT_END)
		return AGENT_END;
	if (t->mm->counted && addr >= COUNTER_PAGE && addr < COUNTER_PAGE + PAGE)
		return COUNTER_PAGE + PAGE;
	for (size_t i = 0; i < t->mm->code.n; i++) {
		uint64_t start = code_place_tramp(&t->mm->code.v[i]);
		if (addr >= start && addr - start < t->mm->code.v[i].img->h->tramp_len)
			return start + t->mm->code.v[i].img->h->tramp_len;
	}
	return 0;
}

ssize_t debug_read(struct debug *d, pid_t tid, uint64_t addr, void *buf, size_t n)
{
	struct ptask *pt = need_task(d, tid);
	ssize_t got;

	if (!pt)
		return -1;
	if (hidden_until(&pt->t, addr) || (got = task_read(&pt->t, addr, buf, n)) < 0)
		return debug_fail(d, "there is no memory at 0x%lx", (unsigned long)addr);
	task_hide_planted(&pt->t, addr, buf, (size_t)got);
	show_original(d, &pt->t, addr, buf, (size_t)got);
	return got;
}

int debug_write(struct debug *d, pid_t tid, uint64_t addr, const void *buf, size_t n)
{
	struct ptask *pt = need_task(d, tid);

	if (!pt || experiment_begin(d) || !(pt = need_task(d, tid)))
		return -1;
	if (hidden_until(&pt->t, addr) || task_write(&pt->t, addr, buf, n))
		return debug_fail(d, "memory at 0x%lx cannot be written", (unsigned long)addr);
	return 0;
}

/* --- files and mappings ---------------------------------------------------------------------------------------- */

static struct ptask *need_process(struct debug *d, pid_t pid)
{
	struct ptask *pt = debug_process(d, pid);

	if (!pt)
		debug_fail(d, "there is no process %d", pid);
	return pt;
}

ssize_t debug_auxv(struct debug *d, pid_t pid, void *buf, size_t max)
{
	struct ptask *pt = need_process(d, pid);
	uint64_t at, pair[2], word;
	size_t n = 0;

	/* On the stack the program began with: argc, argv, 0, environment, 0, auxv. */
	if (!pt || !(at = pt->t.mm->stack) || task_read_all(&pt->t, at, &word, 8))
		return debug_fail(d, "there is no process %d", pid);
	at += 8 * (word + 2);
	do {
		if (task_read_all(&pt->t, at, &word, 8))
			return debug_fail(d, "the environment cannot be read");
		at += 8;
	} while (word);
	do {
		if (n + sizeof pair > max || task_read_all(&pt->t, at, pair, sizeof pair))
			return debug_fail(d, "the auxiliary vector cannot be read");
		memcpy((char *)buf + n, pair, sizeof pair);
		n += sizeof pair;
		at += sizeof pair;
	} while (pair[0]);
	return (ssize_t)n;
}

/* The name of what is mapped there, as the program's kernel had it. */
static const char *name_at(struct debug *d, const struct task *t, const struct maps_line *l)
{
	for (size_t i = 0; i < t->mm->code.n; i++) {
		const struct code_place *c = &t->mm->code.v[i];
		for (uint32_t s = 0; c->mapped && s < c->img->h->nsegments; s++)
			if (l->start - (c->lo + c->img->h->segments[s].addr) < c->img->h->segments[s].len)
				return kernel_replay_code_path(&d->p.rp, c->img);
	}
	return l->path[0] == '/' && strncmp(l->path, "/memfd:", 7) != 0 ? kernel_replay_file_name(&d->p.rp, l->path)
	       : l->path[0] == '['					  ? l->path
									  : NULL;
}

const char *debug_exec_file(struct debug *d, pid_t pid)
{
	static char name[4096];
	static struct maps_line l;
	uint64_t auxv[128], phdr = 0;
	ssize_t n = debug_auxv(d, pid, auxv, sizeof auxv);
	struct ptask *pt = need_process(d, pid);
	struct maps_file *f = pt ? maps_open(pt->t.tid) : NULL;

	for (ssize_t i = 0; i + 1 < n / 8; i += 2)
		if (auxv[i] == 3 /* AT_PHDR */)
			phdr = auxv[i + 1];
	snprintf(name, sizeof name, "%s", trace_reader_meta(d->p.r)->exe);
	while (f && maps_next(f, &l))
		if (l.start <= phdr && phdr < l.end) {
			const char *there = name_at(d, &pt->t, &l);
			if (there)
				snprintf(name, sizeof name, "%s", there);
		}
	maps_close(f);
	return name;
}

int debug_open_file(struct debug *d, const char *path)
{
	int fd = kernel_replay_file_open(&d->p.rp, path);

	return fd < 0 ? debug_fail(d, "%s: is not in the trace", path) : fd;
}

int debug_maps(struct debug *d, pid_t pid, bool (*fn)(void *ctx, const struct debug_map *m), void *ctx)
{
	static struct maps_line l;
	static struct debug_map m;
	struct ptask *pt = need_process(d, pid);
	struct maps_file *f = pt ? maps_open(pt->t.tid) : NULL;

	if (!f)
		return -1;
	while (maps_next(f, &l)) {
		if (hidden_until(&pt->t, l.start))
			continue;
		const char *name = name_at(d, &pt->t, &l);
		m = (struct debug_map){.start = l.start, .end = l.end, .prot = (int)l.prot, .shared = l.shared};
		snprintf(m.path, sizeof m.path, "%s", name ? name : "");
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

	if (!d->siginfo_event || trace_seek(d->peek, d->siginfo_event) || trace_next(d->peek, &ev) != 1 || ev.tid != tid)
		return debug_fail(d, "task %d has not stopped for a signal", tid);
	while (trace_next_data(d->peek, &data) == 1)
		if (data.kind == DATA_SIGINFO && data.len <= max) {
			memcpy(buf, data.bytes, data.len);
			return data.len;
		}
	return debug_fail(d, "the trace holds nothing of that signal");
}

/* --- moving ----------------------------------------------------------------------------------------------------- */

void debug_catch_set(struct debug *d, const struct debug_catch *c)
{
	d->catch = *c;
}

static void finish(struct debug *d, enum outcome out, bool backward, struct debug_stop *stop)
{
	struct ptask *pt;

	if (out != OUT_STOP) {
		static const enum debug_stop_kind kinds[] = {[OUT_GOAL] = DEBUG_STOP_STEP,
							     [OUT_END] = DEBUG_STOP_END,
							     [OUT_INTERRUPT] = DEBUG_STOP_INTERRUPT,
							     [OUT_TROUBLE] = DEBUG_STOP_TROUBLE};
		pt = debug_runner(d);
		d->stop = (struct debug_stop){.kind = out == OUT_END && backward ? DEBUG_STOP_BEGIN : kinds[out]};
		if (pt || (pt = d->p.tasks)) {
			d->stop.pid = pt->pid;
			d->stop.tid = pt->id;
		}
	}
	if (d->stop.kind != DEBUG_STOP_SIGNAL)
		d->siginfo_event = 0;
	d->current = d->stop.tid;
	if (debug_event(d) > d->put_out)
		d->put_out = debug_event(d);
	*stop = d->stop;
}

/* Others run before the task does. OUT_GOAL: it is its turn. */
static enum outcome its_turn(struct debug *d, pid_t tid)
{
	for (;;) {
		struct ptask *pt = debug_runner(d);
		if (!pt || motion_at_end(d))
			return OUT_END;
		if (pt->id == tid)
			return OUT_GOAL;
		const struct goal next = {.at = {debug_event(d) + 1, 0, 0}};
		d->hits = 0;
		d->hits_max = 1;
		enum outcome out = motion_forward(d, &next, false);
		if (out != OUT_GOAL)
			return out;
	}
}

/* One instruction, or the event that it leads to; a call until it has returned. */
static enum outcome step_on(struct debug *d, pid_t tid)
{
	enum outcome out = its_turn(d, tid);

	if (out != OUT_GOAL)
		return out;
	struct ptask *pt = debug_runner(d);
	if (points_place(d, pt))
		return OUT_TROUBLE;
	switch (motion_step(d, pt)) {
	case STEP_FAILED: debug_fail(d, "the replay's task has vanished"); return OUT_TROUBLE;
	case STEPPED: return points_watch(d, pt, task_struck(&pt->t)) ? OUT_STOP : OUT_GOAL;
	case STEP_AT_EVENT: break;
	}
	for (;;) {
		points_lift_all(pt);
		pt->t.mm->planted_as = d->plan; /* it executes nothing on the way */
		out = motion_event(d);
		if ((pt = debug_task(d, tid)))
			pt->t.mm->planted_as = 0;
		if (out != OUT_GOAL || !pt || !pt->in_call)
			return out == OUT_GOAL && !pt ? its_turn(d, tid) : out;
		if ((out = its_turn(d, tid)) != OUT_GOAL)
			return out;
	}
}

static enum outcome step_range(struct debug *d, const struct debug_go *go)
{
	for (unsigned n = 1;; n++) {
		enum outcome out = go->backward ? timeline_back_step(d, go->step) : step_on(d, go->step);
		struct ptask *pt = debug_task(d, go->step);
		if (out != OUT_GOAL || !pt || ARCH_PC(&pt->t.regs) < go->lo || ARCH_PC(&pt->t.regs) >= go->hi)
			return out;
		const struct point *q = points_break(d, pt);
		if (q) {
			d->stop = (struct debug_stop){.kind = DEBUG_STOP_BREAK, .pid = pt->pid, .tid = pt->id, .addr = q->addr};
			return OUT_STOP;
		}
		if (n % 64 == 0 && d->o.poll && d->o.poll(d->o.ctx))
			return OUT_INTERRUPT;
	}
}

static enum outcome onwards(struct debug *d)
{
	d->keeping = true;
	d->hits = 0;
	d->hits_max = 1;
	enum outcome out = motion_forward(d, NULL, false);
	d->keeping = false;
	return out;
}

void debug_go(struct debug *d, const struct debug_go *go, struct debug_stop *stop)
{
	enum outcome out;

	if (!go->backward || go->step)
		d->undone = 0;
	if (d->aside)
		out = experiment_go(d, go);
	else if (go->step)
		out = step_range(d, go);
	else
		out = go->backward ? timeline_back(d) : onwards(d);
	finish(d, out, go->backward, stop);
	if (go->step && stop->kind == DEBUG_STOP_STEP && debug_task(d, go->step)) {
		stop->tid = d->stop.tid = d->current = go->step;
		stop->pid = d->stop.pid = debug_task(d, go->step)->pid;
	}
}

void debug_seek(struct debug *d, const struct debug_position *p, struct debug_stop *stop)
{
	const struct goal g = {.at = *p};

	debug_experiment_end(d);
	d->undone = 0;
	finish(d, timeline_go(d, &g), false, stop);
}

struct debug_figures debug_figures(struct debug *d)
{
	d->figures.checkpoints = d->nkept;
	d->figures.bytes = 0;
	for (size_t i = 0; i < d->nkept; i++)
		d->figures.bytes += checkpoint_bytes(d->kept[i].c);
	return d->figures;
}
