/* Records of mappings: what is mapped where, from where a replay takes its contents, and those
 * contents. Recording. */
#include "kernel/handler.h"
#include "tracee/address_space.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "tracee/reserved.h"
#include "util/array.h"
#include "util/content.h"
#include "util/exhaustion.h"
#include "util/file_io.h"
#include "util/host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Contents of private mappings up to this many bytes go into `data`. Larger files are copied to
 * files/. */
#define INLINE_MAX (64u << 10)

/* Files of the system are assumed not to change: only the package manager writes them. */
static bool file_is_stable(const char *path, const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == 0 && !(st->st_mode & 022) &&
	       !strncmp(path, "/usr/", 5) && strncmp(path, "/usr/local/", 11) != 0;
}

struct shared_object *kernel_object_get(struct recording *rec, uint64_t dev, uint64_t ino)
{
	for (size_t i = 0; i < rec->own->nobjects; i++)
		if (rec->own->objects[i].dev == dev && rec->own->objects[i].ino == ino)
			return &rec->own->objects[i];
	struct shared_object *o = ARRAY_ADD(rec->own->objects, rec->own->nobjects);
	*o = (struct shared_object){rec->own->nobjects, dev, ino, false};
	return o;
}

/* Recorded tasks change the file, of which something is mapped still. */
static bool object_is_changing(struct recording *rec, const struct trace_map *m)
{
	struct shared_object *o = kernel_object_get(rec, m->dev, m->ino);

	if (o->changes && !rec->mapped(rec, o->id))
		o->changes = false;
	return o->changes;
}

/* Notes the copy that has been written to `out`. NULL: it cannot be read. */
static const struct file_copy *copy_add(struct recording *rec, int out, char *name,
					const struct stat *st)
{
	uint8_t digest[CONTENT_DIGITS / 2];
	struct stat copy;

	if (fstat(out, &copy) || content_digest(out, (uint64_t)copy.st_size, digest, NULL, NULL))
		return NULL;
	struct file_copy *f = ARRAY_ADD(rec->own->copies, rec->own->ncopies);
	*f = (struct file_copy){.dev = st->st_dev,
				.ino = st->st_ino,
				.size = (uint64_t)st->st_size,
				.mtime_ns = stat_mtime_ns(st),
				.name = name,
				.copy_size = (uint64_t)copy.st_size,
				.sum = content_sum(digest)};
	return f;
}

/* A copy under files/ of this file as it is now. NULL: it cannot be copied. */
static const struct file_copy *file_copy(struct recording *rec, int fd, const char *path,
					 const struct stat *st)
{
	for (size_t i = 0; i < rec->own->ncopies; i++) {
		struct file_copy *f = &rec->own->copies[i];
		if (!f->stale && f->dev == st->st_dev && f->ino == st->st_ino &&
		    f->size == (uint64_t)st->st_size && f->mtime_ns == stat_mtime_ns(st))
			return f;
	}
	const char *base = strrchr(path, '/');
	char *name;
	int out = trace_new_file(rec->w, base ? base + 1 : path, &name);
	if (out < 0)
		return NULL;
	bool failed =
		ioctl(out, FICLONE, fd) &&
		(ftruncate(out, st->st_size) || file_copy_data(fd, out, 0, (uint64_t)st->st_size));
	const struct file_copy *f = failed ? NULL : copy_add(rec, out, name, st);
	if (!f)
		free(name);
	close(out);
	return f;
}

/* A file that is mapped in several pieces is read only once. */
const uint8_t *kernel_build_id(struct recording *rec, int fd, const struct stat *st)
{
	struct recording_state *own = rec->own;

	for (size_t i = 0; i < own->nbuild_ids; i++) {
		const struct file_build_id *f = &own->build_ids[i];
		if (f->dev == st->st_dev && f->ino == st->st_ino &&
		    f->size == (uint64_t)st->st_size && f->mtime_ns == stat_mtime_ns(st))
			return f->id;
	}
	struct file_build_id *f = ARRAY_ADD(own->build_ids, own->nbuild_ids);
	*f = (struct file_build_id){
		st->st_dev, st->st_ino, (uint64_t)st->st_size, stat_mtime_ns(st), {0}};
	build_id_read(fd, f->id);
	return f->id;
}

/* Whether the kernel generates the file. Some of those can be mapped but not read. */
static bool is_generated(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC);
}

static int put_extent(void *ctx, int fd, uint64_t from, uint64_t to)
{
	static uint8_t buf[TRACE_DATA_MAX];
	const struct {
		struct recording *rec;
		uint64_t object;
	} *c = ctx;

	while (from < to) {
		size_t want = to - from < sizeof(buf) ? to - from : sizeof(buf);
		ssize_t n = pread_all(fd, buf, want, from);
		if (n < 0 && !is_generated(fd))
			exhaustion_note("a mapped file");
		if (n <= 0)
			return 0;
		kernel_put(c->rec, &(struct trace_data){.kind = DATA_SHARED,
							.object = c->object,
							.addr = from,
							.len = (uint32_t)n,
							.bytes = buf});
		from += (uint64_t)n;
	}
	return 0;
}

void kernel_put_object(struct recording *rec, uint64_t object, int fd, uint64_t from, uint64_t to)
{
	struct {
		struct recording *rec;
		uint64_t object;
	} c = {rec, object};

	file_each_extent(fd, from, to, put_extent, &c);
}

/* The same, read through the mapping because the file cannot be opened. */
void kernel_put_object_memory(struct recording *rec, struct task *t, const struct trace_map *m)
{
	static uint8_t buf[TRACE_DATA_MAX], zero[TRACE_DATA_MAX];

	for (uint64_t at = 0; at < m->len; at += sizeof(buf)) {
		size_t want = m->len - at < sizeof(buf) ? m->len - at : sizeof(buf);
		ssize_t n = task_read(t, m->start + at, buf, want);
		if (n <= 0)
			return;
		if (memcmp(buf, zero, (size_t)n) != 0)
			kernel_put(rec, &(struct trace_data){.kind = DATA_SHARED,
							     .object = m->object,
							     .addr = m->offset + at,
							     .len = (uint32_t)n,
							     .bytes = buf});
	}
}

static void put_fill(struct recording *rec, struct task *t, const struct trace_map *m)
{
	static uint8_t buf[TRACE_DATA_MAX];
	uint64_t end = m->size > m->offset ? m->size - m->offset : 0;

	if (end > m->len)
		end = m->len;
	for (uint64_t at = 0; at < end;) {
		size_t want = end - at < sizeof(buf) ? end - at : sizeof(buf);
		ssize_t n = task_read(t, m->start + at, buf, want);
		if (n <= 0)
			return;
		kernel_put(rec, &(struct trace_data){.kind = DATA_FILL,
						     .tid = t->tid,
						     .addr = m->start + at,
						     .len = (uint32_t)n,
						     .bytes = buf});
		at += (uint64_t)n;
	}
}

/* Decides from where a replay takes the contents of a file mapping, and puts its records. */
void kernel_put_file_map(struct recording *rec, struct task *t, struct trace_map *m, int fd,
			 const struct stat *st, bool writable)
{
	m->dev = st->st_dev;
	m->ino = st->st_ino;
	m->size = (uint64_t)st->st_size;
	m->mtime_ns = stat_mtime_ns(st);
	if (fd >= 0 && S_ISREG(st->st_mode))
		memcpy(m->build_id, kernel_build_id(rec, fd, st), sizeof(m->build_id));
	bool shared = m->flags & MAP_SHARED;
	bool served = kernel_snapshot_cover(rec, t, m, shared && writable);
	bool stable = !served && file_is_stable(m->path, st);
	struct shared_map s = {.start = m->start, .len = m->len, .offset = m->offset};
	const struct file_copy *copy;

	kernel_code_gone(t, m->start, m->len);
	/* A private mapping shows later writes to its file, too, on pages that the program has not
	 * written. */
	bool follows = m->ino && fd >= 0 && (m->len <= INLINE_MAX || object_is_changing(rec, m));
	if (stable ? shared && writable : shared || follows) {
		struct shared_object *o = kernel_object_get(rec, m->dev, m->ino);
		if (shared && writable)
			kernel_object_changes(rec, o);
		m->backing = BACKING_OBJECT;
		m->object = s.object = o->id;
		kernel_mm_add_shared(t->mm, s);
		kernel_put_map(rec, m);
		uint64_t end = m->offset + m->len;
		if (end > m->size)
			end = m->size;
		if (fd >= 0)
			kernel_put_object(rec, s.object, fd, m->offset, end);
		else
			kernel_put_object_memory(rec, t, m);
	} else if (stable) {
		m->backing = BACKING_FILE;
		kernel_put_map(rec, m);
	} else if (m->len > INLINE_MAX && fd >= 0 && (copy = file_copy(rec, fd, m->path, st))) {
		m->backing = BACKING_COPY;
		m->copy = s.copy = copy->name;
		s.object = kernel_object_get(rec, m->dev, m->ino)->id;
		kernel_mm_add_shared(t->mm, s);
		m->copy_size = copy->copy_size;
		m->copy_sum = copy->sum;
		kernel_put_map(rec, m);
	} else {
		m->backing = BACKING_DATA;
		kernel_put_map(rec, m);
		put_fill(rec, t, m);
	}
	kernel_code_map(rec, t, m, fd, st);
}

struct exec_ctx {
	struct recording *rec;
	struct task *t;
};

static int put_pages(void *ctx, uint64_t start, uint64_t len)
{
	struct exec_ctx *x = ctx;

	kernel_put_out(x->rec, x->t, start, len);
	return 0;
}

void kernel_put_pages(struct recording *rec, struct task *t, const struct maps_line *l)
{
	struct exec_ctx x = {rec, t};

	pagemap_each(t->tid, l->start, l->end, l->shared, put_pages, &x);
}

void kernel_put_visible(struct recording *rec, struct task *t)
{
	struct maps_line l;
	struct maps_file *f = maps_open(t->tid);

	while (f && maps_next(f, &l))
		if ((l.prot & PROT_WRITE) && (l.shared || t->mm->refs > 1) &&
		    !kernel_is_reserved(l.start, l.end - l.start))
			kernel_put_pages(rec, t, &l);
	maps_close(f);
}

/* The vdso reads clocks from pages that the kernel writes. Without the vdso, programs read them by
 * system calls. */
static bool is_vdso(const char *path)
{
	return !strcmp(path, "[vdso]") || !strncmp(path, "[vvar", 5);
}

static void hide_vdso(struct task *t)
{
	uint64_t at = ARCH_SP(&t->regs), word, n;

	if (task_read_all(t, at, &n, 8))
		return;
	at += 8 * (n + 2); /* argc, argv, NULL */
	while (!task_read_all(t, at, &word, 8) && word)
		at += 8;
	kernel_auxv_hide_vdso(t, at + 8, UINT64_MAX);
}

static void put_exec_map(struct exec_ctx *x, const struct maps_line *l)
{
	struct trace_map m = {.tid = x->t->tid,
			      .start = l->start,
			      .len = l->end - l->start,
			      .prot = l->prot,
			      .flags = MAP_PRIVATE,
			      .path = l->path,
			      .copy = ""};
	struct stat st;

	if (!l->ino) {
		struct rlimit lim;
		m.flags |= MAP_ANONYMOUS;
		if (!strcmp(l->path, "[stack]") && !prlimit(x->t->tid, RLIMIT_STACK, NULL, &lim)) {
			m.flags |= MAP_GROWSDOWN;
			m.size = lim.rlim_cur; /* the limit of its growth */
		}
		kernel_put_map(x->rec, &m);
	} else {
		m.offset = l->offset;
		/* If the file is gone, its bytes are read from memory. */
		int fd = kernel_open_snapshot(x->rec, l->dev, l->ino, &st);
		bool served = fd >= 0;
		if (!served)
			fd = proc_open_mapped(x->t->tid, l->path, l->ino);
		if (fd < 0 || (!served && fstat(fd, &st))) {
			memset(&st, 0, sizeof(st));
			st.st_mode = S_IFREG | 0777;
			st.st_ino = l->ino;
			st.st_size = (off_t)(l->offset + m.len);
		}
		kernel_put_file_map(x->rec, x->t, &m, fd, &st, false);
		if (fd >= 0)
			close(fd);
	}
	kernel_put_pages(x->rec, x->t, l);
}

/* Reads all mappings before any is changed. *v is malloc'd. */
static int read_maps(struct task *t, struct maps_line **v, size_t *n)
{
	struct maps_file *f = maps_open(t->tid);
	struct maps_line line;

	*v = NULL;
	*n = 0;
	if (!f)
		return -1;
	while (maps_next(f, &line))
		*ARRAY_ADD(*v, *n) = line;
	maps_close(f);
	return 0;
}

int kernel_record_exec(struct recording *rec, struct task *t)
{
	struct exec_ctx x = {rec, t};
	struct maps_line *v;
	size_t n;

	if (task_map_agent(t))
		return -1;
	hide_vdso(t);
	if (read_maps(t, &v, &n))
		return -1;
	kernel_code_begin(rec, t);
	for (size_t i = 0; i < n; i++)
		if (is_vdso(v[i].path))
			TASK_CALL(t, SYS_munmap, v[i].start, v[i].end - v[i].start);
	for (size_t i = 0; i < n; i++)
		if (!is_vdso(v[i].path) && v[i].start != AGENT_ADDR &&
		    strcmp(v[i].path, ARCH_KERNEL_PAGE_NAME) != 0)
			put_exec_map(&x, &v[i]);
	free(v);
	struct trace_map brk = {
		.tid = t->tid, .start = proc_stat_field(t->tid, 47), .path = "[brk]", .copy = ""};
	kernel_put_map(rec, &brk);
	return 0;
}
