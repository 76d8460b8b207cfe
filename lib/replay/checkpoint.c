/* Makes checkpoints, and resumes from them. */
#include "replay/checkpoint.h"

#include "tracee/address_space.h"
#include "tracee/injected_calls.h"
#include "tracee/waitstatus.h"
#include "util/alloc.h"
#include "util/file_io.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

struct checkpoint {
	struct ptasks tasks;
	struct replaying objects; /* the shared objects only */
	uint64_t event;           /* the last that was applied */
	struct trace_event ev;    /* the next, for a diversion */
	enum event_state event_state;
};

/* A copy of `like`, with its registers, made by `from`. mm: its memory; NULL: a copy of from's. */
static struct ptask *copy_task(struct replayer *p, struct ptask *from, struct ptask *like,
			       struct mm *mm)
{
	const uint64_t args[6] = {CLONE_PARENT | (mm ? CLONE_VM : 0)};
	uint8_t xstate[ARCH_XSTATE_MAX];
	pid_t tid = 0;
	int status;

	int64_t r = task_call_replay(&from->t, SYS_clone, args, &tid);
	if (r < 0 || !tid)
		return NULL;
	struct ptask *c = ptask_add(p, tid, like->id, mm ? mm_get(mm) : mm_fork(like->t.mm));
	c->pid = like->pid;
	c->state = like->state;
	c->count = like->count;
	c->hpc_base = like->count.ticks;
	c->since = like->since;
	c->t.clock_faults = like->t.clock_faults;
	if (task_wait(&c->t, &status) || !wait_is_stop(status) || !ptask_open_counter(p, c))
		return NULL;
	c->t.regs = like->t.regs;
	ARCH_SYSNO(&c->t.regs) = (uint64_t)-1;
	if (ptask_set_regs(c) ||
	    (like->t.debugged && kernel_debug_registers_set(&c->t, like->t.debug)))
		return NULL;
	c->t.regs = like->t.regs;
	if (like == from)
		return c;
	ssize_t n = task_get_xstate(&like->t, xstate, sizeof(xstate));
	return n > 0 && !task_set_xstate(&c->t, xstate, (size_t)n) ? c : NULL;
}

static struct ptask *copy_process(struct replayer *p, struct ptask *like)
{
	struct kernel_advised advised;

	if (kernel_replay_fork_begin(&p->rp, &like->t, &advised))
		return NULL;
	struct ptask *copy = copy_task(p, like, like, NULL);
	kernel_replay_fork_end(&like->t, &advised);
	if (copy)
		kernel_replay_fork_end(&copy->t, &advised);
	free(advised.v);
	return copy;
}

static struct ptask *first_with(const struct ptasks *list, const struct mm *mm)
{
	struct ptask *pt;

	SLIST_FOREACH(pt, list, link)
		if (pt->t.mm == mm)
			break;
	return pt;
}

static void reverse(struct ptasks *list)
{
	struct ptasks from = *list;

	SLIST_INIT(list);
	for (struct ptask *pt; (pt = SLIST_FIRST(&from));) {
		SLIST_REMOVE_HEAD(&from, link);
		SLIST_INSERT_HEAD(list, pt, link);
	}
}

/* Calls that the agent has made for the tasks have changed their registers. */
static void own_registers(const struct ptasks *list)
{
	struct ptask *pt;

	SLIST_FOREACH(pt, list, link)
		ptask_restore(pt);
}

/* p->tasks, which is empty, becomes copies of those in the list, in the same order. */
static int copy_tasks(struct replayer *p, const struct ptasks *list)
{
	struct ptask *like;

	SLIST_FOREACH(like, list, link) {
		struct ptask *leader = first_with(list, like->t.mm), *copy;
		if (leader == like) {
			copy = copy_process(p, like);
			if (!copy || kernel_replay_objects_map(&p->rp, &copy->t))
				return -1;
		} else {
			struct ptask *made = ptask_find(p, leader->id);
			if (!made || !copy_task(p, made, like, made->t.mm))
				return -1;
		}
	}
	reverse(&p->tasks);
	own_registers(&p->tasks);
	return 0;
}

static void end_tasks(struct replayer *p)
{
	while (!SLIST_EMPTY(&p->tasks))
		ptask_end(p, SLIST_FIRST(&p->tasks));
}

static void swap_objects(struct replaying *a, struct replaying *b)
{
	struct replay_object *v = a->objects;
	size_t n = a->nobjects;

	a->objects = b->objects;
	a->nobjects = b->nobjects;
	b->objects = v;
	b->nobjects = n;
}

/* Frees the replay's tasks and objects. */
static void end_all(struct replayer *p)
{
	struct replaying old = {0};

	end_tasks(p);
	swap_objects(&old, &p->rp);
	kernel_replay_objects_free(&old);
}

/* Resumes the replay with copies of these tasks and objects. */
static int wake_copies(struct replayer *p, const struct ptasks *tasks, struct replaying *objects)
{
	struct replaying new = {0};

	SLIST_INIT(&p->tasks);
	p->watchdog.event = 0; /* copies have CPU clocks of their own */
	if (kernel_replay_objects_copy(&new, objects)) {
		kernel_replay_objects_free(&new);
		return -1;
	}
	swap_objects(&p->rp, &new);
	int r = copy_tasks(p, tasks);
	if (r) {
		end_tasks(p);
		swap_objects(&p->rp, &new);
	}
	kernel_replay_objects_free(&new);
	return r;
}

static struct checkpoint *of_now(struct replayer *p)
{
	struct checkpoint *c = xcalloc(1, sizeof(*c));

	c->event = p->event != EVENT_NONE ? p->ev.num - 1 : p->ev.num;
	c->ev = p->ev;
	c->event_state = p->event;
	return c;
}

struct checkpoint *replayer_checkpoint_make(struct replayer *p)
{
	const struct ptasks tasks = p->tasks;
	struct replaying objects = {0};
	struct checkpoint *c = of_now(p);

	swap_objects(&objects, &p->rp);
	int r = wake_copies(p, &tasks, &objects);
	c->tasks = p->tasks;
	swap_objects(&c->objects, &p->rp); /* the copies do not run */
	p->tasks = tasks;
	swap_objects(&objects, &p->rp);
	if (r) {
		free(c);
		return NULL;
	}
	own_registers(&p->tasks);
	return c;
}

int replayer_checkpoint_restore(struct replayer *p, struct checkpoint *c)
{
	end_all(p);
	p->event = EVENT_NONE;
	if (wake_copies(p, &c->tasks, &c->objects)) {
		replayer_fail(p, "a checkpoint's tasks cannot be copied: %s", strerror(errno));
		return -1;
	}
	if (trace_seek(p->r, c->event + 1)) {
		replayer_fail(p, "%s", trace_reader_error(p->r));
		return -1;
	}
	p->ev.num = c->event;
	return 0;
}

void replayer_checkpoint_free(struct replayer *p, struct checkpoint *c)
{
	const struct ptasks tasks = p->tasks;

	p->tasks = c->tasks;
	end_tasks(p);
	p->tasks = tasks;
	kernel_replay_objects_free(&c->objects);
	free(c);
}

static uint64_t own_bytes(pid_t tid)
{
	char path[64];
	size_t n;
	uint64_t kb = 0;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", tid);
	char *text = file_read(path, 8192, &n);
	const char *line = text ? strstr(text, "Private_Dirty:") : NULL;
	if (line)
		kb = strtoull(line + strlen("Private_Dirty:"), NULL, 10);
	free(text);
	return kb << 10;
}

uint64_t replayer_checkpoint_bytes(const struct checkpoint *c)
{
	const struct ptask *pt;
	uint64_t sum = 0;

	SLIST_FOREACH(pt, &c->tasks, link)
		if (first_with(&c->tasks, pt->t.mm) == pt)
			sum += own_bytes(pt->t.tid);
	return sum;
}

struct checkpoint *replayer_divert(struct replayer *p)
{
	struct checkpoint *c = of_now(p);

	c->tasks = p->tasks;
	swap_objects(&c->objects, &p->rp);
	if (!wake_copies(p, &c->tasks, &c->objects))
		return c;
	p->tasks = c->tasks;
	swap_objects(&c->objects, &p->rp);
	free(c);
	return NULL;
}

void replayer_divert_end(struct replayer *p, struct checkpoint *c)
{
	end_all(p);
	p->tasks = c->tasks;
	p->watchdog.event = 0;
	swap_objects(&c->objects, &p->rp);
	p->ev = c->ev;
	p->event = c->event_state;
	own_registers(&p->tasks);
	free(c);
}
