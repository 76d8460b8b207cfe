/* Memory of a checkpoint that a fork of the tasks does not copy: shared objects, and what the
 * program excluded from forks by madvise(2). */
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/host.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void kernel_replay_objects_free(struct replaying *rp)
{
	for (size_t i = 0; i < rp->nobjects; i++)
		close(rp->objects[i].fd);
	free(rp->objects);
	rp->objects = NULL;
	rp->nobjects = 0;
}

static int copy_memory_file(int from)
{
	int to = memfd_create("rr-object", MFD_CLOEXEC);
	struct stat st;

	if (to < 0)
		return -1;
	if (!fstat(from, &st) && !ftruncate(to, st.st_size) &&
	    !file_copy_data(from, to, 0, (uint64_t)st.st_size))
		return to;
	int error = errno;
	close(to);
	errno = error;
	return -1;
}

int kernel_replay_objects_copy(struct replaying *to, const struct replaying *from)
{
	to->objects = xcalloc(from->nobjects + 1, sizeof(*to->objects));
	for (to->nobjects = 0; to->nobjects < from->nobjects; to->nobjects++) {
		int fd = copy_memory_file(from->objects[to->nobjects].fd);
		if (fd < 0)
			return kernel_replay_memory_fail(to);
		to->objects[to->nobjects] =
			(struct replay_object){from->objects[to->nobjects].id, fd};
	}
	return 0;
}

/* Pages of a private mapping of which the task has its own copy. */
struct own_pages {
	struct task *t;
	struct own_run {
		uint64_t start, len;
		uint8_t *bytes;
	} * v;
	size_t n;
};

static int own_pages_add(void *ctx, uint64_t start, uint64_t len)
{
	struct own_pages *p = ctx;

	struct own_run *r = ARRAY_ADD(p->v, p->n);
	*r = (struct own_run){start, len, xmalloc(len)};
	return task_read_all(p->t, start, r->bytes, len);
}

static int own_pages_put(const struct own_pages *p)
{
	int r = 0;

	for (size_t i = 0; i < p->n && !r; i++)
		r = task_write(p->t, p->v[i].start, p->v[i].bytes, p->v[i].len);
	return r;
}

static void own_pages_free(struct own_pages *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].bytes);
	free(p->v);
}

/* Maps rp's object of s wherever s covers the line l of the task's mappings. In a private mapping
 * the pages that the task has written to are kept. */
static int object_map(struct replaying *rp, struct task *t, const struct maps_line *l,
		      const struct shared_map *s)
{
	uint64_t start = l->start > s->start ? l->start : s->start;
	uint64_t end = l->end < s->start + s->len ? l->end : s->start + s->len;
	struct own_pages own = {.t = t};

	if (start >= end)
		return 0;
	const struct trace_map m = {
		.start = start, .len = end - start, .prot = l->prot, .path = l->path};
	int fd = kernel_replay_object_fd(rp, s->object);
	if (fd < 0)
		return kernel_replay_memory_fail(rp);
	int r = l->shared ? 0 : pagemap_each(t->tid, start, end, false, own_pages_add, &own);
	if (!r)
		r = kernel_replay_map_fd(rp, t, &m, fd, O_RDWR | O_CLOEXEC,
					 l->shared ? MAP_SHARED : MAP_PRIVATE,
					 s->offset + (start - s->start));
	if (!r)
		r = own_pages_put(&own);
	own_pages_free(&own);
	return r;
}

int kernel_replay_object_map(struct replaying *rp, struct task *t, const struct shared_map *s)
{
	struct maps_file *f = maps_open(t->tid);
	struct maps_line l;
	int r = 0;

	while (f && !r && maps_next(f, &l))
		r = object_map(rp, t, &l, s);
	maps_close(f);
	return r;
}

int kernel_replay_objects_map(struct replaying *rp, struct task *t)
{
	struct maps_line l;
	struct maps_file *f = kernel_mm(t->mm)->nshared ? maps_open(t->tid) : NULL;
	int r = 0;

	while (f && !r && maps_next(f, &l))
		for (size_t i = 0; i < kernel_mm(t->mm)->nshared && !r; i++)
			r = object_map(rp, t, &l, &kernel_mm(t->mm)->shared[i]);
	maps_close(f);
	return r;
}

/* Advice on forks, and its opposite, by their flags in smaps: proc(5), VmFlags. */
static const struct {
	char flag[3];
	int advice, opposite;
} fork_advice[] = {{"dc", MADV_DONTFORK, MADV_DOFORK}, {"wf", MADV_WIPEONFORK, MADV_KEEPONFORK}};

static void advised_add(struct kernel_advised *a, uint64_t start, uint64_t end, const char *flags)
{
	for (size_t i = 0; i < ARRAY_LEN(fork_advice); i++) {
		if (!strstr(flags, fork_advice[i].flag))
			continue;
		*ARRAY_ADD(a->v, a->n) = (struct kernel_advised_range){
			start, end - start, fork_advice[i].advice, fork_advice[i].opposite};
	}
}

int kernel_replay_fork_begin(struct replaying *rp, struct task *t, struct kernel_advised *a)
{
	char path[64], line[4352];
	unsigned long lo, hi, start = 0, end = 0;

	*a = (struct kernel_advised){0};
	if (!kernel_mm(t->mm)->advised)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/smaps", t->tid);
	FILE *f = fopen(path, "re");
	if (!f)
		return kernel_replay_fail(rp, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, "VmFlags:", 8))
			advised_add(a, start, end, line + 8);
		else if (sscanf(line, "%lx-%lx ", &lo, &hi) == 2)
			start = lo, end = hi;
	fclose(f);
	for (size_t i = 0; i < a->n; i++)
		TASK_CALL_REPLAY(t, SYS_madvise, a->v[i].start, a->v[i].len,
				 (uint64_t)a->v[i].opposite);
	return 0;
}

void kernel_replay_fork_end(struct task *t, const struct kernel_advised *a)
{
	for (size_t i = 0; i < a->n; i++)
		TASK_CALL_REPLAY(t, SYS_madvise, a->v[i].start, a->v[i].len,
				 (uint64_t)a->v[i].advice);
}
