/* Private mappings of a file that changes. Where the program has not written itself, they show the
 * file as it is.
 *
 * Most files never change, so a mapping of a large one shows a copy at first. When a recorded task
 * is about to change the file, or just has, the copy becomes the beginning of a shared object, and
 * the mappings show that from then on.
 */
#include "instrument/image.h"
#include "kernel/handler.h"
#include "tracee/procfs.h"
#include "util/host.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- recording
 * ------------------------------------------------------------------------------------------------
 */

struct change {
	struct recording *rec;
	const struct shared_object *object;
};

/* Rewritten code is a mapping of the code file. */
static bool is_rewritten(const struct mm *mm, const struct maps_line *l)
{
	struct code_run run;

	return code_next_run(code_of(mm), l->start, l->end, &run);
}

static void put_shows(struct change *ch, struct task *t, const struct maps_line *l,
		      const struct shared_map *s)
{
	uint64_t start = l->start > s->start ? l->start : s->start;
	uint64_t end = l->end < s->start + s->len ? l->end : s->start + s->len;

	if (start >= end || is_rewritten(t->mm, l))
		return;
	kernel_put_map(ch->rec, &(struct trace_map){.tid = t->tid,
						    .backing = BACKING_FOLLOW,
						    .start = start,
						    .len = end - start,
						    .prot = l->prot,
						    .flags = MAP_PRIVATE,
						    .offset = s->offset + (start - s->start),
						    .object = s->object,
						    .path = l->path,
						    .copy = s->copy});
}

static void space_changes(void *ctx, struct task *t)
{
	struct change *ch = ctx;
	struct kernel_mm *k = kernel_mm(t->mm);
	struct maps_file *f = NULL;
	struct maps_line l;
	size_t n = 0;

	for (size_t i = 0; i < k->nshared; i++)
		n += k->shared[i].object == ch->object->id && k->shared[i].copy;
	if (n)
		f = maps_open(t->tid);
	while (f && maps_next(f, &l))
		for (size_t i = 0; i < k->nshared; i++)
			if (k->shared[i].object == ch->object->id && k->shared[i].copy)
				put_shows(ch, t, &l, &k->shared[i]);
	maps_close(f);
	for (size_t i = 0; i < k->nshared; i++)
		if (k->shared[i].object == ch->object->id)
			k->shared[i].copy = NULL;
}

void kernel_object_changes(struct recording *rec, struct shared_object *o)
{
	struct change ch = {rec, o};

	for (size_t i = 0; i < rec->own->ncopies; i++)
		if (rec->own->copies[i].dev == o->dev && rec->own->copies[i].ino == o->ino)
			rec->own->copies[i].stale = true;
	if (!o->changes && rec->mapped(rec, o->id))
		rec->each_space(rec, space_changes, &ch);
	o->changes = true;
}

bool kernel_object_is_mapped(struct recording *rec, const struct stat *st)
{
	for (size_t i = 0; i < rec->own->nobjects; i++)
		if (rec->own->objects[i].dev == st->st_dev &&
		    rec->own->objects[i].ino == st->st_ino)
			return rec->mapped(rec, rec->own->objects[i].id);
	return false;
}

struct shared_object *kernel_object_changed(struct recording *rec, const struct stat *st)
{
	for (size_t i = 0; i < rec->own->nobjects; i++) {
		struct shared_object *o = &rec->own->objects[i];
		if (o->dev != st->st_dev || o->ino != st->st_ino)
			continue;
		kernel_object_changes(rec, o);
		return rec->mapped(rec, o->id) ? o : NULL;
	}
	return NULL;
}

/* --- replaying
 * ------------------------------------------------------------------------------------------------
 */

/* Gives the object what the copy has in the mapping's range. */
static int object_begin(struct replaying *rp, const struct trace_map *m, int fd)
{
	struct stat object, st;
	int from = trace_open_copy(rp->r, m->copy);

	if (from < 0)
		return kernel_replay_fail(rp, "%s", trace_reader_error(rp->r));
	bool failed = fstat(from, &st) || fstat(fd, &object) ||
		      (object.st_size < st.st_size && ftruncate(fd, st.st_size)) ||
		      file_copy_data(from, fd, m->offset, m->offset + m->len);
	close(from);
	return failed ? kernel_replay_memory_fail(rp) : 0;
}

int kernel_replay_object_shows(struct replaying *rp, struct task *t, const struct trace_map *m)
{
	const struct shared_map s = {
		.start = m->start, .len = m->len, .object = m->object, .offset = m->offset};
	struct task *of = m->tid ? rp->find(rp, m->tid) : t;
	int fd = kernel_replay_object_fd(rp, m->object);

	if (fd < 0)
		return kernel_replay_memory_fail(rp);
	if (!of)
		return kernel_replay_fail(rp, "a mapping of task %d, which is not there", m->tid);
	kernel_mm_remove_shared(of->mm, m->start, m->len);
	if (object_begin(rp, m, fd) || kernel_replay_add_shared(rp, of, &s))
		return -1;
	return kernel_replay_object_map(rp, of, &s);
}
