/* Maps rewritten code in place of the original wherever a file is mapped to be executed. */
#include "counter/page.h"
#include "instrument/image.h"
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/exhaustion.h"
#include "util/file_io.h"
#include "util/host.h"
#include "util/size.h"
#include "util/text.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- recording: from files to images --- */

struct code_file {
	struct code_origin_file from;
	uint64_t size;
	int64_t mtime_ns;
	struct code_image *img; /* NULL: the file is not rewritten */
	char *name;             /* of its copy in the trace; NULL: there is none yet */
	/* the open file, once it was asked for; -1: not asked for yet, or cannot be opened */
	int original;
	bool asked;
};

static const char *uncounted(void)
{
	return arch_clock_faults()
		       ? "its code is not counted: it is interrupted at its calls only"
		       : "its code is not counted: it is interrupted at its calls only, and if it reads the time-stamp counter, its "
			 "replay diverges, because that cannot be detected on this machine";
}

static void warn_uncounted(struct recording *rec, const char *path, const char *why)
{
	char what[512];

	snprintf(what, sizeof(what), "%s: %s", path, why);
	text_make_plain(what);
	rec->warn(rec, what, uncounted());
}

/* Rewriting a file of this size takes seconds, in which a silent recorder would seem to hang. */
#define LARGE (32u << 20)

static void warn_large(struct recording *rec, const char *path)
{
	char what[512];

	snprintf(what, sizeof(what), "%s", path);
	text_make_plain(what);
	rec->warn(rec, what,
		  "is being rewritten for counting; this may take some seconds, but only once");
}

static struct code_file *file_for(struct recording *rec, int fd, const char *path,
				  const struct stat *st)
{
	int64_t mtime = stat_mtime_ns(st);
	const char *why;

	for (size_t i = 0; i < rec->own->ncodes; i++) {
		struct code_file *f = rec->own->codes[i];
		if (f->from.dev == st->st_dev && f->from.ino == st->st_ino &&
		    f->size == (uint64_t)st->st_size && f->mtime_ns == mtime)
			return f;
	}
	struct code_file *f = xcalloc(1, sizeof(*f));
	*f = (struct code_file){.from = {st->st_dev, st->st_ino, xstrdup(path)},
				.size = (uint64_t)st->st_size,
				.mtime_ns = mtime,
				.original = -1};
	*ARRAY_ADD(rec->own->codes, rec->own->ncodes) = f;
	const uint8_t *id = kernel_build_id(rec, fd, st);
	if (f->size > LARGE && !code_cache_has(fd, id))
		warn_large(rec, path);
	f->img = code_cache_get(fd, id, &why);
	if (!f->img && !why && !arch_clock_faults())
		exhaustion_say(
			path,
			"cannot be rewritten for lack of descriptors, disk space or memory; on this machine no program can be recorded without that");
	else if (!f->img)
		warn_uncounted(rec, path, why ? why : "cannot be rewritten");
	else if (rec->verbose)
		rec->note(rec, "%s: %lu sites rewritten, %u left alone, %lu system calls", path,
			  (unsigned long)f->img->h->sites.count, f->img->h->left_alone,
			  (unsigned long)f->img->h->syscalls.count);
	return f;
}

void kernel_codes_free(struct recording *rec)
{
	for (size_t i = 0; i < rec->own->ncodes; i++) {
		code_image_close(rec->own->codes[i]->img);
		free((char *)rec->own->codes[i]->from.path);
		free(rec->own->codes[i]->name);
		if (rec->own->codes[i]->original >= 0)
			close(rec->own->codes[i]->original);
		free(rec->own->codes[i]);
	}
	free(rec->own->codes);
	code_cache_tidy();
}

const struct code_origin_file *kernel_code_origin(const struct recording *rec,
						  const struct code_image *img)
{
	for (size_t i = 0; i < rec->own->ncodes; i++)
		if (rec->own->codes[i]->img == img)
			return &rec->own->codes[i]->from;
	return NULL;
}

static bool is_same_file(const struct code_file *f, int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_dev == f->from.dev && st.st_ino == f->from.ino &&
	       (uint64_t)st.st_size == f->size && stat_mtime_ns(&st) == f->mtime_ns;
}

int kernel_code_file(struct recording *rec, struct task *t, const struct code_image *img)
{
	struct code_file *f = NULL;
	struct stat st;

	for (size_t i = 0; i < rec->own->ncodes && !f; i++)
		if (rec->own->codes[i]->img == img)
			f = rec->own->codes[i];
	if (!f || f->asked)
		return f ? f->original : -1;
	f->asked = true;
	f->original = kernel_open_snapshot(rec, f->from.dev, f->from.ino, &st);
	if (f->original >= 0)
		return f->original;
	f->original = proc_open_mapped(t->tid, f->from.path, f->from.ino);
	if (f->original >= 0 && !is_same_file(f, f->original)) {
		close(f->original);
		f->original = -1;
	}
	return f->original;
}

static bool name_in_trace(struct recording *rec, struct code_file *f, const char *path)
{
	const char *base = strrchr(path, '/');

	if (!f->name && trace_link_file(rec->w, f->img->fd, base ? base + 1 : path, &f->name)) {
		f->name = NULL;
		rec->failed = true;
	}
	return f->name;
}

/* --- recording: mapping --- */

static int64_t map_in_task(struct task *t, int64_t fd, uint64_t at, uint64_t len, uint64_t prot,
			   uint64_t flags, uint64_t off)
{
	return TASK_CALL(t, SYS_mmap, at, len, prot, flags, (uint64_t)fd, off);
}

/* build_id: of the original file, as in struct trace_map; NULL: none. */
static void put_code_map(struct recording *rec, struct task *t, const char *copy, const char *path,
			 uint64_t start, uint64_t len, uint32_t prot, uint64_t offset,
			 const uint8_t *build_id)
{
	struct trace_map m = {.tid = t->tid,
			      .backing = BACKING_CODE,
			      .start = start,
			      .len = len,
			      .prot = prot,
			      .flags = MAP_PRIVATE,
			      .offset = offset,
			      .path = path,
			      .copy = copy};
	if (build_id)
		memcpy(m.build_id, build_id, sizeof(m.build_id));
	kernel_put_map(rec, &m);
}

/* Maps trampolines at `at`. Trampolines that are there already are unmapped if the program has
 * unmapped their image. */
static bool tramps_to_task(struct task *t, const struct code_header *h, uint64_t at, int64_t fd,
			   bool over)
{
	for (size_t i = 0; i < code_of(t->mm)->n; i++) {
		struct code_place *c = &code_of(t->mm)->v[i];
		if (!c->mapped && at < code_place_tramp(c) + c->img->h->tramp_len &&
		    code_place_tramp(c) < at + h->tramp_len)
			TASK_CALL(t, SYS_munmap, code_place_tramp(c), c->img->h->tramp_len);
	}
	return map_in_task(t, fd, at, h->tramp_len, PROT_READ | PROT_EXEC,
			   MAP_PRIVATE | (over ? MAP_FIXED : MAP_FIXED_NOREPLACE),
			   h->tramp_off) == (int64_t)at;
}

/* Maps the trampolines of an image whose first page is at lo, and notes the image in the address
 * space. */
static bool map_tramps(struct recording *rec, struct task *t, struct code_file *f, uint64_t lo,
		       int64_t fd, bool over)
{
	const struct code_header *h = f->img->h;
	uint64_t at = lo + (uint64_t)h->tramp_addr;

	if (!rec->look_only && !tramps_to_task(t, h, at, fd, over))
		return false;
	code_of(t->mm)->look_only = rec->look_only;
	code_place_add(code_of(t->mm), lo, f->img);
	code_place_find(code_of(t->mm), lo, f->img)->mapped = false;
	put_code_map(rec, t, f->name, "[rr code]", at, h->tramp_len, PROT_READ | PROT_EXEC,
		     h->tramp_off, NULL);
	return true;
}

/* The part of the mapping that segment s covers. False: there is none. */
static bool part_of(const struct trace_map *m, const struct code_segment *s, uint64_t *start,
		    uint64_t *len, uint64_t *off)
{
	uint64_t from = m->offset > s->file_off ? m->offset : s->file_off;
	uint64_t m_end = m->offset + m->len, s_end = s->file_off + s->len;
	uint64_t to = m_end < s_end ? m_end : s_end;

	if (from >= to)
		return false;
	*start = m->start + (from - m->offset);
	*len = to - from;
	*off = from - s->file_off;
	return true;
}

static bool map_parts(struct recording *rec, struct task *t, struct code_file *f,
		      const struct trace_map *m, int64_t fd)
{
	const struct code_header *h = f->img->h;
	uint64_t start, len, off;

	for (uint32_t i = 0; i < h->nsegments; i++) {
		const struct code_segment *s = &h->segments[i];
		if (!part_of(m, s, &start, &len, &off))
			continue;
		uint64_t lo = start - off - s->addr;
		/* a second mapping of a part of the program, made by the program itself (node) */
		if (h->lo && lo != h->lo)
			continue;
		struct code_place *c = code_place_find(code_of(t->mm), lo, f->img);
		if (!c && (lo - h->lo) % PAGE == 0 && map_tramps(rec, t, f, lo, fd, false))
			c = code_place_find(code_of(t->mm), lo, f->img);
		if (!c || (!rec->look_only &&
			   map_in_task(t, fd, start, len, m->prot, MAP_PRIVATE | MAP_FIXED,
				       s->code_off + off) != (int64_t)start))
			return false;
		c->mapped = true;
		put_code_map(rec, t, f->name, m->path, start, len, m->prot, s->code_off + off,
			     m->build_id);
	}
	return true;
}

void kernel_code_map(struct recording *rec, struct task *t, const struct trace_map *m, int fd,
		     const struct stat *st)
{
	if ((!kernel_mm(t->mm)->counted && !rec->look_only) || fd < 0 || !(m->prot & PROT_EXEC) ||
	    (m->flags & MAP_SHARED))
		return;
	struct code_file *f = file_for(rec, fd, m->path, st);
	if (!f->img || !name_in_trace(rec, f, m->path))
		return;
	int64_t tfd = rec->look_only ? -1 : kernel_send_fd(rec, t, f->img->fd, O_RDONLY);
	bool ok = (tfd >= 0 || rec->look_only) && map_parts(rec, t, f, m, tfd);
	if (tfd >= 0)
		TASK_CALL(t, SYS_close, (uint64_t)tfd);
	if (!ok)
		warn_uncounted(rec, m->path,
			       tfd < 0 ? "its rewritten code cannot be mapped into the program"
				       : "there is no room for trampolines near it");
}

/* Bytes from the first loaded page to the end of the last; 0 if it is no shared object of this
 * machine. elf(5) */
static uint64_t elf_extent(int fd)
{
	Elf64_Ehdr e;
	Elf64_Phdr p[64];
	uint64_t lo = UINT64_MAX, hi = 0;

	if (pread_all(fd, &e, sizeof(e), 0) != sizeof(e) || memcmp(e.e_ident, ELFMAG, SELFMAG) ||
	    e.e_type != ET_DYN || e.e_machine != ARCH_ELF_MACHINE || e.e_phentsize != sizeof(*p) ||
	    e.e_phnum > ARRAY_LEN(p))
		return 0;
	size_t n = e.e_phnum * sizeof(*p);
	if (pread_all(fd, p, n, e.e_phoff) != (ssize_t)n)
		return 0;
	for (unsigned i = 0; i < e.e_phnum; i++) {
		if (p[i].p_type != PT_LOAD)
			continue;
		if (p[i].p_vaddr < lo)
			lo = p[i].p_vaddr;
		if (p[i].p_vaddr + p[i].p_memsz > hi)
			hi = p[i].p_vaddr + p[i].p_memsz;
	}
	return hi > lo ? PAGE_UP(hi) - PAGE_DOWN(lo) : 0;
}

/* Moves the mapping that this call made to where there is room for the trampolines before it. */
static bool move_to_room(struct call *c, struct recording *rec, struct code_file *f, int64_t fd,
			 uint64_t len)
{
	struct task *t = c->t;
	uint64_t room = f->img->h->tramp_len;
	int64_t at = map_in_task(t, -1, 0, room + len, PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0);

	if (at < 0 && at > -4096)
		return false;
	if (map_in_task(t, (int)c->args[4], (uint64_t)at + room, len, c->args[2],
			c->args[3] | MAP_FIXED, c->args[5]) != at + (int64_t)room ||
	    !map_tramps(rec, t, f, (uint64_t)at + room, fd, true)) {
		TASK_CALL(t, SYS_munmap, (uint64_t)at, room + len);
		return false;
	}
	TASK_CALL(t, SYS_munmap, (uint64_t)c->result, len);
	c->result = at + (int64_t)room;
	c->changed = true; /* the program gets this result */
	return true;
}

void kernel_code_room(struct call *c, int fd, const char *path, const struct stat *st)
{
	struct recording *rec = c->rec;
	struct task *t = c->t;
	uint64_t len = PAGE_UP(c->args[1]);

	if (!kernel_mm(t->mm)->counted || fd < 0 ||
	    (c->args[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_SHARED)) || c->args[5] ||
	    elf_extent(fd) != len)
		return;
	struct code_file *f = file_for(rec, fd, path, st);
	if (!f->img || f->img->h->tramp_addr != -(int64_t)f->img->h->tramp_len ||
	    !name_in_trace(rec, f, path))
		return;
	if (code_place_find(code_of(t->mm), (uint64_t)c->result, f->img))
		return;
	int64_t tfd = kernel_send_fd(rec, t, f->img->fd, O_RDONLY);
	if (tfd < 0 || (!map_tramps(rec, t, f, (uint64_t)c->result, tfd, false) &&
			!move_to_room(c, rec, f, tfd, len)))
		warn_uncounted(rec, path, "there is no room for trampolines near it");
	if (tfd >= 0)
		TASK_CALL(t, SYS_close, (uint64_t)tfd);
}

void kernel_code_begin(struct recording *rec, struct task *t)
{
	if (rec->counter_fd < 0)
		return;
	int64_t fd = kernel_send_fd(rec, t, rec->counter_fd, O_RDWR);
	int64_t at = fd < 0 ? fd
			    : map_in_task(t, fd, COUNTER_PAGE, PAGE, PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_FIXED_NOREPLACE, 0);
	if (fd >= 0)
		TASK_CALL(t, SYS_close, (uint64_t)fd);
	if (at != (int64_t)COUNTER_PAGE) {
		rec->warn(rec,
			  fd < 0 ? "the counter page cannot be sent to the program"
				 : "the counter page cannot be mapped",
			  uncounted());
		return;
	}
	kernel_mm(t->mm)->counted = true;
	kernel_put_map(rec, &(struct trace_map){.tid = t->tid,
						.backing = BACKING_COUNTER,
						.start = COUNTER_PAGE,
						.len = PAGE,
						.prot = PROT_READ | PROT_WRITE,
						.flags = MAP_SHARED,
						.path = "[rr counter]",
						.copy = ""});
}

void kernel_code_gone(struct task *t, uint64_t start, uint64_t len)
{
	code_places_unmapped(code_of(t->mm), start, len);
}

/* --- replaying --- */

struct replay_code {
	char *name, *path; /* path: of the file it replaces */
	int original;      /* that file, once it was asked for; -1: cannot be opened */
	bool asked;
	struct code_image *img;
};

static const struct code_image *image_named(struct replaying *rp, const char *name)
{
	for (size_t i = 0; i < rp->own->ncodes; i++)
		if (!strcmp(rp->own->codes[i].name, name))
			return rp->own->codes[i].img;
	int fd = trace_open_copy(rp->r, name);
	struct code_image *img = fd >= 0 ? code_image_open(fd) : NULL;
	if (fd < 0)
		kernel_replay_fail(rp, "%s", trace_reader_error(rp->r));
	else if (!img)
		kernel_replay_fail(
			rp, "%s: its rewritten code is damaged, or of another version of rr-tools",
			name);
	if (!img)
		return NULL;
	*ARRAY_ADD(rp->own->codes, rp->own->ncodes) =
		(struct replay_code){.name = xstrdup(name), .img = img, .original = -1};
	return img;
}

static struct replay_code *code_of_image(struct replaying *rp, const struct code_image *img)
{
	for (size_t i = 0; i < rp->own->ncodes; i++)
		if (rp->own->codes[i].img == img)
			return &rp->own->codes[i];
	return NULL;
}

static void note_path(struct replaying *rp, const struct code_image *img, const char *path)
{
	struct replay_code *c = code_of_image(rp, img);

	if (c && !c->path)
		c->path = xstrdup(path);
}

const char *kernel_replay_code_path(struct replaying *rp, const struct code_image *img)
{
	const struct replay_code *c = code_of_image(rp, img);

	return c ? c->path : NULL;
}

int kernel_replay_code_original(struct replaying *rp, const struct code_image *img)
{
	struct replay_code *c = code_of_image(rp, img);

	if (!c || !c->path)
		return -1;
	if (c->original < 0 && !c->asked)
		c->original = kernel_replay_file_open(rp, c->path);
	c->asked = true;
	return c->original >= 0 ? c->original : kernel_replay_file_object(rp, c->path);
}

const struct code_image *kernel_replay_code_map(struct replaying *rp, struct task *t,
						const struct trace_map *m)
{
	const struct code_image *img = image_named(rp, m->copy);

	if (!img)
		return NULL;
	const struct code_header *h = img->h;
	if (m->offset == h->tramp_off) {
		uint64_t lo = m->start - (uint64_t)h->tramp_addr;
		code_place_add(code_of(t->mm), lo, img);
		code_place_find(code_of(t->mm), lo, img)->mapped = false;
		return img;
	}
	for (uint32_t i = 0; i < h->nsegments; i++) {
		const struct code_segment *s = &h->segments[i];
		if (m->offset < s->code_off || m->offset - s->code_off >= s->len)
			continue;
		note_path(rp, img, m->path);
		struct code_place *c = code_place_find(
			code_of(t->mm), m->start - (m->offset - s->code_off) - s->addr, img);
		if (c)
			c->mapped = true;
	}
	return img;
}

void kernel_replay_codes_free(struct replaying *rp)
{
	for (size_t i = 0; i < rp->own->ncodes; i++) {
		code_image_close(rp->own->codes[i].img);
		free(rp->own->codes[i].name);
		free(rp->own->codes[i].path);
		if (rp->own->codes[i].original >= 0)
			close(rp->own->codes[i].original);
	}
	free(rp->own->codes);
}
