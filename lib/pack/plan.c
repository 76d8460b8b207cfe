#include "pack/plan.h"

#include "pack/debuginfo.h"
#include "trace/error.h"
#include "util/host.h"
#include "util/util.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const item_state_names[] = {"have", "have", "add", "missing", "changed"};

/* --- looking for them ---- */

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* A path stands for another file once it has been changed. */
static int by_path(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int c = compare(x->mtime_ns, y->mtime_ns);

	if (!c)
		c = compare((int64_t)x->size, (int64_t)y->size);
	return c ? c : strcmp(x->path, y->path);
}

static int by_copy(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->copy, ((const struct item *)b)->copy);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct item *const *)a)->name,
		      (*(const struct item *const *)b)->name);
}

const struct item *plan_find(const struct plan *p, const struct trace_map *m)
{
	struct item key = {.path = (char *)m->path,
			   .copy = (char *)m->copy,
			   .size = m->size,
			   .mtime_ns = m->mtime_ns};
	struct item **found =
		*m->copy ? tfind(&key, &p->by_copy, by_copy) : tfind(&key, &p->by_path, by_path);

	return found ? *found : NULL;
}

const struct item **plan_sorted(const struct plan *p, size_t *n)
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

/* --- what they are ---- */

static bool is_as_planned(int fd, const struct item *it)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (uint64_t)st.st_size == it->size &&
	       (it->copy || stat_mtime_ns(&st) == it->mtime_ns);
}

int item_open(const struct plan *p, const struct item *it)
{
	int fd = it->copy ? trace_open_copy(p->r, it->copy) : host_open(it->path);

	if (fd < 0)
		return it->copy ? -1 : trace_fail("%s: %s", it->path, strerror(errno));
	if (is_as_planned(fd, it))
		return fd;
	close(fd);
	return trace_fail("%s: changes while it is packed", it->copy ? it->copy : it->path);
}

/* Its contents and their name. */
static int item_read(const struct plan *p, struct item *it, int fd, char name[CONTENT_DIGITS + 1])
{
	struct stat st;

	extents_free(&it->where);
	if (fstat(fd, &st) == 0) {
		it->size = (uint64_t)st.st_size;
		if (content_name(fd, it->size, name, &it->where) == 0)
			return 0;
	}
	return it->copy ? trace_fail("%s/files/%s: cannot be read: %s", trace_reader_dir(p->r),
				     it->copy, strerror(errno))
			: trace_fail("%s: cannot be read: %s", it->path, strerror(errno));
}

/* A file that has its name already has the contents that the name says, or is damaged. */
static int item_from_trace(const struct plan *p, struct item *it)
{
	int fd = trace_open_copy(p->r, it->copy);

	if (fd < 0)
		return -1;
	int rc = item_read(p, it, fd, it->name);
	close(fd);
	it->state = strcmp(it->copy, it->name) == 0 ? ITEM_THERE : ITEM_RENAME;
	if (!rc && content_is_name(it->copy) && it->state == ITEM_RENAME)
		return trace_fail(
			"%s/files/%s: damaged: its contents are not those that its name tells of",
			trace_reader_dir(p->r), it->copy);
	return rc;
}

static bool is_elf(int fd)
{
	char magic[SELFMAG];

	return pread_all(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       memcmp(magic, ELFMAG, SELFMAG) == 0;
}

static int item_from_host(const struct plan *p, struct item *it)
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

/* --- which they are ---- */

static void item_free(struct item *it)
{
	extents_free(&it->where);
	free(it->path);
	free(it->copy);
	free(it);
}

static struct item *plan_add(struct plan *p, const char *path, const char *copy)
{
	struct item *it = xcalloc(1, sizeof(*it));

	it->path = xstrdup(path);
	it->copy = *copy ? xstrdup(copy) : NULL;
	p->items = xgrow(p->items, p->n, sizeof(*p->items));
	p->items[p->n++] = it;
	return it;
}

static void plan_index(struct plan *p, struct item *it)
{
	if (!tsearch(it, it->copy ? &p->by_copy : &p->by_path, it->copy ? by_copy : by_path))
		no_memory();
}

/* Programs that are not mapped from files in replay have symbols all the same. */
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

static int plan_map(struct plan *p, const struct trace_map *m, const struct pack_options *o)
{
	struct item *it = (struct item *)plan_find(p, m);
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
	return it->copy ? item_from_trace(p, it) : item_from_host(p, it);
}

/* Debug information that is packed already. */
static int debug_there(struct plan *p, const struct item *of, const char *name)
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

static int debug_from_host(struct plan *p, const struct item *of, const char *name,
			   const struct pack_options *o)
{
	char same[CONTENT_DIGITS + 1];
	struct stat st;
	int fd = item_open(p, of);

	if (fd < 0)
		return -1;
	char *path = is_elf(fd) ? debug_file(fd, of->path, o->debug_dir) : NULL;
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

static int plan_debug(struct plan *p, const struct pack_options *o)
{
	size_t n;
	const struct item **v = plan_sorted(p, &n);
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

int plan_make(struct plan *p, struct trace_reader *r, const struct pack_options *o)
{
	struct trace_event ev;
	struct trace_map m;
	int rc;

	*p = (struct plan){.r = r};
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

static void keep(void *item)
{
	(void)item; /* the plan's list has it as well */
}

void plan_free(struct plan *p)
{
	tdestroy(p->by_path, keep);
	tdestroy(p->by_copy, keep);
	for (size_t i = 0; i < p->n; i++)
		item_free(p->items[i]);
	free(p->items);
}

static bool is_lost(const struct item *it)
{
	return it->needed && (it->state == ITEM_MISSING || it->state == ITEM_CHANGED);
}

int plan_whole(const struct plan *p)
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
