#include "arch/arch.h"
#include "instrument/image.h"
#include "instrument/rewrite.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/size.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TABLE_ALIGN(x) (((x) + 7) & ~7ull)
/* reach of 32-bit displacements, less some room for operands just outside of the image */
#define NEAR (INT32_MAX - (64l << 20))

/* Chooses the address of trampolines: before the image or, if a program's fixed address is too near
 * to 0, far after it. */
static int place_trampolines(struct rewrite *rw, struct code_header *h)
{
	h->tramp_addr = -(int64_t)h->tramp_len;
	if (rw->fixed && rw->lo < h->tramp_len + 0x20000)
		h->tramp_addr = PAGE_UP(rw->lo) + 0x60000000 - rw->lo;
	int64_t low = h->tramp_addr < 0 ? h->tramp_addr : 0;
	int64_t high = h->tramp_addr + (int64_t)h->tramp_len;
	if (high < (int64_t)rw->len)
		high = rw->len;
	if (high - low > NEAR)
		return rw->why = "too large", 1;
	if (h->tramp_addr > 0 && h->tramp_addr < (int64_t)rw->len)
		return rw->why = "no place for trampolines", 1;
	return 0;
}

static uint64_t table_place(struct code_table *t, uint64_t off, size_t n, size_t size)
{
	t->off = TABLE_ALIGN(off);
	t->count = n;
	return t->off + n * size;
}

/* What becomes of the parts. */
struct result {
	struct rewrite *rw;
	struct parts parts;
	struct code_header h;
	VEC(struct code_pair) entries; /* of all parts, with final positions */
	int out;
};

/* Gives each part its place in the tables and among the trampolines. */
static int parts_place(struct result *r)
{
	struct code_header *h = &r->h;
	uint64_t base = 0;

	for (size_t i = 0; i < r->parts.n; i++) {
		struct part *p = &r->parts.v[i];
		struct emitter *em = &p->rw.em;
		p->base = base;
		p->site_base = h->sites.count;
		p->origins_base = h->origins.count;
		p->moved_base = h->moved.count;
		base += em->n;
		h->sites.count += em->sites.n;
		h->origins.count += em->origins.n;
		h->moved.count += em->moved.n;
		if (base > NEAR)
			return r->rw->why = "too large", 1;
		for (size_t k = 0; k < em->entries.n; k++)
			em->entries.v[k].to += p->base;
		PARTS_APPEND(r->entries, em->entries);
	}
	if (!h->sites.count)
		return r->rw->why = "no sites", 1;
	h->tramp_len = PAGE_UP(base);
	return place_trampolines(r->rw, h);
}

/* Fills in the offsets in the code file. */
static void header_fill(struct rewrite *rw, struct result *r)
{
	struct code_header *h = &r->h;
	uint64_t off = PAGE_UP(sizeof(*h));

	h->magic = CODE_MAGIC;
	h->version = CODE_VERSION;
	h->nsegments = rw->ntexts;
	h->lo = rw->lo;
	h->len = rw->len;
	h->stop_end = r->parts.v[0].rw.em.stop_end;
	h->left_alone = rw->rep->left + rw->rep->hooks_left;
	for (unsigned i = 0; i < rw->ntexts; i++) {
		h->segments[i] = rw->texts[i].seg;
		h->segments[i].code_off = off;
		off += h->segments[i].len;
	}
	h->tramp_off = off;
	off += h->tramp_len;
	off = table_place(&h->sites, off, h->sites.count, sizeof(struct code_site));
	off = table_place(&h->origins, off, h->origins.count, sizeof(struct code_pair));
	off = table_place(&h->moved, off, h->moved.count, sizeof(struct code_pair));
	off = table_place(&h->syscalls, off, rw->syscalls.n, sizeof(*rw->syscalls.v));
	h->file_len = off;
}

/* Notes the first failure. */
static void write_at(struct rewrite *rw, int out, uint64_t off, const void *p, size_t n)
{
	if (n && !rw->error && pwrite_all(out, p, n, off) < 0)
		rw->error = errno;
}

/* Writes the part's share of a text segment, whose displacements are complete. */
static void text_write(struct part *p, const struct code_segment *seg, const struct text *t,
		       int out)
{
	uint64_t from = p->rw.from > seg->addr ? p->rw.from : seg->addr;
	uint64_t to = p->rw.to < seg->addr + seg->len ? p->rw.to : seg->addr + seg->len;

	if (from < to)
		write_at(&p->rw, out, seg->code_off + (from - seg->addr),
			 t->out + (from - seg->addr), to - from);
}

static void displace(uint8_t *p, int64_t by)
{
	uint32_t v;

	memcpy(&v, p, 4);
	v += by;
	memcpy(p, &v, 4);
}

/* Completes the displacements in the part's text, once the place of its trampolines is known. */
static void text_displace(struct rewrite *rw, int64_t by)
{
	for (size_t i = 0; i < rw->text_patches.n; i++) {
		uint32_t addr = rw->text_patches.v[i];
		for (unsigned k = 0; k < rw->ntexts; k++)
			if (addr >= rw->texts[k].start && addr < rw->texts[k].end)
				displace(rw->texts[k].out + (addr - rw->texts[k].seg.addr), by);
	}
}

static void part_write(struct part *p, void *ctx)
{
	const struct result *r = ctx;
	const struct code_header *h = &r->h;
	struct emitter *em = &p->rw.em;
	const struct emit_place place = {p->base, p->site_base, h->tramp_addr, r->entries.v,
					 r->entries.n};

	rewrite_emit_place(&p->rw, &place);
	text_displace(&p->rw, h->tramp_addr + p->base);
	for (uint32_t i = 0; i < h->nsegments; i++)
		text_write(p, &h->segments[i], &p->rw.texts[i], r->out);
	write_at(&p->rw, r->out, h->tramp_off + p->base, em->buf, em->n);
	write_at(&p->rw, r->out, h->sites.off + p->site_base * sizeof(*em->sites.v), em->sites.v,
		 em->sites.n * sizeof(*em->sites.v));
	write_at(&p->rw, r->out, h->origins.off + p->origins_base * sizeof(*em->origins.v),
		 em->origins.v, em->origins.n * sizeof(*em->origins.v));
	write_at(&p->rw, r->out, h->moved.off + p->moved_base * sizeof(*em->moved.v), em->moved.v,
		 em->moved.n * sizeof(*em->moved.v));
}

/* Fills the last page of trampolines. */
static void trampolines_fill(struct rewrite *rw, const struct result *r)
{
	const struct part *last = &r->parts.v[r->parts.n - 1];
	uint8_t fill[PAGE];
	uint64_t end = last->base + last->rw.em.n;

	for (size_t i = 0; i < PAGE; i += ARCH_BREAKPOINT_LEN)
		memcpy(fill + i, arch_breakpoint, ARCH_BREAKPOINT_LEN);
	write_at(rw, r->out, r->h.tramp_off + end, fill, r->h.tramp_len - end);
}

/* Writes the code file but for its header. */
static int code_write(struct rewrite *rw, struct result *r)
{
	const struct code_header *h = &r->h;

	if (ftruncate(r->out, h->file_len) < 0)
		return rw->error = errno, 1;
	rewrite_parts_each(rw, &r->parts, part_write, r);
	for (size_t i = 0; i < r->parts.n && !rw->error; i++)
		rw->error = r->parts.v[i].rw.error;
	trampolines_fill(rw, r);
	write_at(rw, r->out, h->syscalls.off, rw->syscalls.v,
		 rw->syscalls.n * sizeof(*rw->syscalls.v));
	return rw->error != 0;
}

/* Writes the header of a code file that is complete otherwise. */
static int header_write(struct rewrite *rw, struct result *r)
{
	struct code_header *h = &r->h;
	void *m = mmap(NULL, h->file_len, PROT_READ, MAP_SHARED | MAP_POPULATE, r->out, 0);

	if (m == MAP_FAILED)
		return rw->error = errno, 1;
	h->body_sum = code_body_sum(m, h->file_len);
	munmap(m, h->file_len);
	h->header_crc = crc32_add(0, h, offsetof(struct code_header, header_crc));
	write_at(rw, r->out, 0, h, sizeof(*h));
	return rw->error != 0;
}

static void part_rewrite(struct part *p, void *unused)
{
	(void)unused;
	rewrite_text_copy(&p->rw, p->rw.from, p->rw.to);
	rewrite_emit_begin(&p->rw, p->index == 0);
	rewrite_sites(&p->rw);
	rewrite_emit_finish(&p->rw);
}

/* Rewrites all sites, part by part, and writes the result but for its header. */
static int parts_rewrite(struct rewrite *rw, struct result *r)
{
	rewrite_spare_find(rw);
	for (size_t i = 0; i < r->parts.n; i++) {
		struct part *p = &r->parts.v[i];
		if (rw->sites.n)
			p->rw.sites.v = rw->sites.v + p->sites_at;
		p->rw.sites.n = p->sites_to - p->sites_at;
	}
	rewrite_parts_each(rw, &r->parts, part_rewrite, NULL);
	for (size_t i = 0; i < r->parts.n; i++)
		memset(&r->parts.v[i].rw.sites, 0, sizeof(r->parts.v[i].rw.sites));
	rewrite_sites_report(rw);
	if (parts_place(r))
		return 1;
	header_fill(rw, r);
	return code_write(rw, r);
}

/* Decodes all functions and decides which of their instructions are sites. */
static int sites_find(struct rewrite *rw, int fd)
{
	if (rewrite_elf_load(rw, fd))
		return 1;
	rw->to = rw->len;
	rw->budget = rw->len * 16 + (1 << 20);
	rewrite_elf_sections(rw);
	rewrite_symbols_mark(rw);
	rewrite_relocs_mark(rw);
	rewrite_funcs_find(rw);
	rewrite_funcs_decode(rw);
	rewrite_untabled_decode(rw);
	rewrite_tables_mark(rw);
	if (rw->why)
		return 1;
	rewrite_opaque_find(rw);
	rewrite_cycles_find(rw);
	rewrite_flags_labels(rw);
	rewrite_sort(rw->syscalls.v, rw->syscalls.n, sizeof(*rw->syscalls.v), 0);
	return 0;
}

int instrument_file(int fd, int out, struct instrument_report *rep, const char **why)
{
	struct instrument_report none = {0};
	struct rewrite rw = {.rep = rep ? rep : &none};
	struct result r = {.rw = &rw, .out = out};

	insn_decoders_open(&rw);
	int rc = sites_find(&rw, fd);
	if (!rc) {
		rewrite_elf_trim(&rw);
		rewrite_parts_make(&rw, &r.parts);
		rc = parts_rewrite(&rw, &r);
		rewrite_parts_free(&r.parts);
		free(r.entries.v);
	}
	*why = rw.why;
	rewrite_elf_free(&rw);
	insn_decoders_close(&rw);
	if (!rc) /* maps all of the result, after everything else is freed */
		rc = header_write(&rw, &r);
	errno = rw.error;
	return rw.error ? -1 : rc;
}
