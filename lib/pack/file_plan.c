#include "pack/file_plan.h"

#include "pack/debuginfo.h"
#include "trace/error.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/file_io.h"
#include "util/host.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const pack_item_state_names[] = {"have", "have", "add", "missing", "changed"};

/* --- finding items --- */

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* A file that changed while it was recorded is two items with one path. */
static int path_compare(struct item *a, struct item *b)
{
	int c = compare(a->mtime_ns, b->mtime_ns);

	if (!c)
		c = compare((int64_t)a->size, (int64_t)b->size);
	return c ? c : strcmp(a->path, b->path);
}
RB_GENERATE_INTERNAL(items_by_path, item, by_path, path_compare, __attribute__((unused)) static)

static int copy_compare(struct item *a, struct item *b)
{
	return strcmp(a->copy, b->copy);
}
RB_GENERATE_INTERNAL(items_by_copy, item, by_copy, copy_compare, __attribute__((unused)) static)

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct item *const *)a)->name,
		      (*(const struct item *const *)b)->name);
}

const struct item *pack_plan_find(const struct file_plan *p, const struct trace_map *m)
{
	struct item key = {.path = (char *)m->path,
			   .copy = (char *)m->copy,
			   .size = m->size,
			   .mtime_ns = m->mtime_ns};
	/* The macros of <bsd/sys/tree.h> know no const. */
	struct file_plan *plan = (struct file_plan *)p;

	return *m->copy ? RB_FIND(items_by_copy, &plan->by_copy, &key)
			: RB_FIND(items_by_path, &plan->by_path, &key);
}

const struct item **pack_plan_sorted(const struct file_plan *p, size_t *n)
{
	const struct item **v = xcalloc(p->n, sizeof(*v));
	size_t named = 0, kept = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->items[i]->name[0])
			v[named++] = p->items[i];
	qsort(v, named, sizeof(*v), by_name);
	for (size_t i = 0; i < named; i++)
		if (!kept || strcmp(v[kept - 1]->name, v[i]->name) != 0)
			v[kept++] = v[i];
	*n = kept;
	return v;
}

/* --- reading items --- */

static bool is_as_planned(int fd, const struct item *it)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (uint64_t)st.st_size == it->size &&
	       (it->copy || stat_mtime_ns(&st) == it->mtime_ns);
}

int pack_item_open(const struct file_plan *p, const struct item *it)
{
	int fd = it->copy ? trace_open_copy(p->r, it->copy) : host_open(it->path);

	if (fd < 0)
		return it->copy ? -1 : trace_fail("%s: %s", it->path, strerror(errno));
	if (is_as_planned(fd, it))
		return fd;
	close(fd);
	return trace_fail("%s: changes while it is packed", it->copy ? it->copy : it->path);
}

/* Sets the size and the extents, and makes the name of the contents. */
static int item_read(const struct file_plan *p, struct item *it, int fd,
		     char name[CONTENT_DIGITS + 1])
{
	struct stat st;

	pack_extents_free(&it->where);
	if (fstat(fd, &st) == 0) {
		it->size = (uint64_t)st.st_size;
		if (pack_content_name(fd, it->size, name, &it->sum, &it->where) == 0)
			return 0;
	}
	return it->copy ? trace_fail("%s/files/%s: cannot be read: %s", trace_reader_dir(p->r),
				     it->copy, strerror(errno))
			: trace_fail("%s: cannot be read: %s", it->path, strerror(errno));
}

/* A copy that already has the name of contents must have these contents. */
static int item_from_trace(const struct file_plan *p, struct item *it)
{
	int fd = trace_open_copy(p->r, it->copy);

	if (fd < 0)
		return -1;
	int rc = item_read(p, it, fd, it->name);
	close(fd);
	it->state = strcmp(it->copy, it->name) == 0 ? ITEM_THERE : ITEM_RENAME;
	if (!rc && content_is_name(it->copy) && it->state == ITEM_RENAME)
		return trace_fail(
			"%s/files/%s: damaged: it does not have the contents that its name says",
			trace_reader_dir(p->r), it->copy);
	return rc;
}

static bool is_elf(int fd)
{
	char magic[SELFMAG];

	return pread_all(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       memcmp(magic, ELFMAG, SELFMAG) == 0;
}

static int item_from_host(const struct file_plan *p, struct item *it)
{
	int fd = host_open(it->path), rc = 0;

	if (fd < 0)
		it->state = ITEM_MISSING;
	else if (!is_as_planned(fd, it))
		it->state = ITEM_CHANGED;
	else
		it->state = ITEM_ADD;
	if (it->state == ITEM_ADD)
		rc = item_read(p, it, fd, it->name);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* --- making the plan --- */

static void item_free(struct item *it)
{
	pack_extents_free(&it->where);
	free(it->path);
	free(it->copy);
	free(it);
}

static struct item *plan_add(struct file_plan *p, const char *path, const char *copy)
{
	struct item *it = xcalloc(1, sizeof(*it));

	it->path = xstrdup(path);
	it->copy = *copy ? xstrdup(copy) : NULL;
	*ARRAY_ADD(p->items, p->n) = it;
	return it;
}

static void plan_index(struct file_plan *p, struct item *it)
{
	if (it->copy)
		RB_INSERT(items_by_copy, &p->by_copy, it);
	else
		RB_INSERT(items_by_path, &p->by_path, it);
}

/* Whether the file of a mapping is needed for its symbols alone: a replay maps something else for
 * it. */
static bool for_symbols(const struct trace_map *m, const struct pack_options *o)
{
	if (!o->debug || (m->backing != BACKING_OBJECT && m->backing != BACKING_DATA) ||
	    m->path[0] != '/' || !m->size)
		return false;
	int fd = host_open(m->path);
	bool elf = fd >= 0 && is_elf(fd);
	if (fd >= 0)
		close(fd);
	return elf;
}

static int plan_map(struct file_plan *p, const struct trace_map *m, const struct pack_options *o)
{
	struct item *it = (struct item *)pack_plan_find(p, m);
	bool needed = m->backing == BACKING_FILE;

	if (it) {
		it->needed |= needed;
		if (it->copy && it->path[0] != '/' && m->path[0] == '/') { /* not "[rr code]" */
			free(it->path);
			it->path = xstrdup(m->path);
		}
		return 0;
	}
	if (!*m->copy && !needed && !for_symbols(m, o))
		return 0;
	it = plan_add(p, m->path, m->copy);
	it->size = m->size;
	it->mtime_ns = m->mtime_ns;
	it->needed = needed;
	plan_index(p, it);
	if (!it->copy)
		return item_from_host(p, it);
	if (item_from_trace(p, it))
		return -1;
	return m->copy_sum && m->copy_sum != it->sum
		       ? trace_fail("%s/files/%s: damaged: it does not have the recorded contents",
				    trace_reader_dir(p->r), it->copy)
		       : 0;
}

/* Debug information that is in the trace already. 1: added; 0: there is none; -1: an error. */
static int debug_there(struct file_plan *p, const struct item *of, const char *name)
{
	char same[CONTENT_DIGITS + 1];
	int fd = trace_open_copy(p->r, name);

	if (fd < 0)
		return 0;
	struct item *it = plan_add(p, of->path, name);
	int rc = item_read(p, it, fd, same);
	close(fd);
	snprintf(it->name, sizeof(it->name), "%s", name);
	return rc ? -1 : 1;
}

static int debug_from_host(struct file_plan *p, const struct item *of, const char *name,
			   const struct pack_options *o)
{
	char same[CONTENT_DIGITS + 1];
	struct stat st;
	int fd = pack_item_open(p, of);

	if (fd < 0)
		return -1;
	char *path = is_elf(fd) ? pack_debug_file(fd, of->path, o->debug_dir) : NULL;
	close(fd);
	fd = path ? host_open(path) : -1;
	int rc = 0;
	if (fd >= 0 && fstat(fd, &st) == 0) {
		struct item *it = plan_add(p, path, "");
		it->state = ITEM_ADD;
		it->mtime_ns = stat_mtime_ns(&st);
		rc = item_read(p, it, fd, same);
		snprintf(it->name, sizeof(it->name), "%s", name);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return rc;
}

static int plan_debug(struct file_plan *p, const struct pack_options *o)
{
	size_t n;
	const struct item **v = pack_plan_sorted(p, &n);
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < n; i++) {
		char *name = xasprintf("%s" DEBUG_SUFFIX, v[i]->name);
		rc = v[i]->state == ITEM_THERE ? debug_there(p, v[i], name) : 0;
		if (rc == 0 && o->debug)
			rc = debug_from_host(p, v[i], name, o);
		free(name);
	}
	free(v);
	return rc < 0 ? -1 : 0;
}

int pack_plan_make(struct file_plan *p, struct trace_reader *r, const struct pack_options *o)
{
	struct trace_event ev;
	struct trace_map m;
	int rc;

	*p = (struct file_plan){.r = r};
	while ((rc = trace_next(r, &ev)) == 1 && (!o->last || ev.num <= o->last)) {
		p->events = ev.num;
		while ((rc = trace_next_map(r, &m)) == 1)
			if (plan_map(p, &m, o))
				return -1;
		if (rc < 0)
			return -1;
	}
	if (rc < 0 || trace_seek(r, 1))
		return -1;
	return plan_debug(p, o);
}

void pack_plan_free(struct file_plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		item_free(p->items[i]);
	free(p->items);
}

/* A replay needs it, and it cannot be had. */
static bool is_lost(const struct item *it)
{
	return it->needed && (it->state == ITEM_MISSING || it->state == ITEM_CHANGED);
}

int pack_plan_complete(const struct file_plan *p)
{
	const struct item *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (!is_lost(p->items[i]))
			continue;
		first = first ? first : p->items[i];
		n++;
	}
	if (!n)
		return 0;
	const char *what = first->state == ITEM_MISSING
				   ? "is missing or cannot be read, but was mapped when recording"
				   : "has changed since it was recorded";
	return n == 1 ? trace_fail("%s: %s", first->path, what)
		      : trace_fail("%s: %s (and so for %zu more files: see -n)", first->path, what,
				   n - 1);
}
