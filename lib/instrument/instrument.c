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
	h->tramp_len = rw->em.n;
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

static void displace(uint8_t *p, int64_t by)
{
	uint32_t v;

	memcpy(&v, p, 4);
	v += by;
	memcpy(p, &v, 4);
}

/* Completes displacements, once the distance of trampolines from the image is known. */
static void displace_all(struct rewrite *rw, int64_t tramp_addr)
{
	for (size_t i = 0; i < rw->em.fixups.n; i++)
		displace(rw->em.buf + rw->em.fixups.v[i], -tramp_addr);
	for (size_t i = 0; i < rw->text_patches.n; i++) {
		uint32_t addr = rw->text_patches.v[i];
		for (unsigned k = 0; k < rw->ntexts; k++)
			if (addr >= rw->texts[k].start && addr < rw->texts[k].end)
				displace(rw->texts[k].out + (addr - rw->texts[k].seg.addr),
					 tramp_addr);
	}
}

static uint64_t table_place(struct code_table *t, uint64_t off, size_t n, size_t size)
{
	t->off = TABLE_ALIGN(off);
	t->count = n;
	return t->off + n * size;
}

/* Fills in the offsets in the code file. */
static void header_fill(struct rewrite *rw, struct code_header *h)
{
	struct emitter *em = &rw->em;
	uint64_t off = PAGE_UP(sizeof(*h));

	h->magic = CODE_MAGIC;
	h->version = CODE_VERSION;
	h->nsegments = rw->ntexts;
	h->lo = rw->lo;
	h->len = rw->len;
	h->stop_end = em->stop_end;
	h->left_alone = rw->rep->left + rw->rep->hooks_left;
	for (unsigned i = 0; i < rw->ntexts; i++) {
		h->segments[i] = rw->texts[i].seg;
		h->segments[i].code_off = off;
		off += h->segments[i].len;
	}
	h->tramp_off = off;
	off += h->tramp_len;
	off = table_place(&h->sites, off, em->sites.n, sizeof(*em->sites.v));
	off = table_place(&h->origins, off, em->origins.n, sizeof(*em->origins.v));
	off = table_place(&h->moved, off, em->moved.n, sizeof(*em->moved.v));
	off = table_place(&h->syscalls, off, rw->syscalls.n, sizeof(*rw->syscalls.v));
	h->file_len = off;
}

static int write_at(int out, uint64_t off, const void *p, size_t n)
{
	if (!n)
		return 0;
	return lseek(out, off, SEEK_SET) < 0 ? -1 : write_all(out, p, n);
}

static int code_write(struct rewrite *rw, const struct code_header *h, int out)
{
	struct emitter *em = &rw->em;

	if (ftruncate(out, h->file_len) < 0 || write_at(out, 0, h, sizeof(*h)) < 0)
		return -1;
	for (unsigned i = 0; i < rw->ntexts; i++)
		if (write_at(out, h->segments[i].code_off, rw->texts[i].out, h->segments[i].len) <
		    0)
			return -1;
	if (write_at(out, h->tramp_off, em->buf, h->tramp_len) < 0 ||
	    write_at(out, h->sites.off, em->sites.v, em->sites.n * sizeof(*em->sites.v)) < 0 ||
	    write_at(out, h->origins.off, em->origins.v, em->origins.n * sizeof(*em->origins.v)) <
		    0 ||
	    write_at(out, h->moved.off, em->moved.v, em->moved.n * sizeof(*em->moved.v)) < 0)
		return -1;
	return write_at(out, h->syscalls.off, rw->syscalls.v,
			rw->syscalls.n * sizeof(*rw->syscalls.v));
}

/* Completes the header of a code file that has been written. */
static int sum_write(struct code_header *h, int out)
{
	void *m = mmap(NULL, h->file_len, PROT_READ, MAP_SHARED, out, 0);

	if (m == MAP_FAILED)
		return -1;
	h->body_sum = code_body_sum(m, h->file_len);
	munmap(m, h->file_len);
	h->header_crc = crc32_add(0, h, offsetof(struct code_header, header_crc));
	return write_at(out, 0, h, sizeof(*h));
}

static int rewrite_all(struct rewrite *rw, int fd, struct code_header *h)
{
	if (rewrite_elf_load(rw, fd))
		return 1;
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
	rewrite_emit_begin(rw);
	rewrite_sites(rw);
	if (!rw->em.sites.n)
		return rw->why = "no sites", 1;
	rewrite_emit_finish(rw);
	if (place_trampolines(rw, h))
		return 1;
	displace_all(rw, h->tramp_addr);
	rewrite_sort(rw->em.moved.v, rw->em.moved.n, sizeof(*rw->em.moved.v),
		     offsetof(struct code_pair, from));
	rewrite_sort(rw->syscalls.v, rw->syscalls.n, sizeof(*rw->syscalls.v), 0);
	header_fill(rw, h);
	return 0;
}

int instrument_file(int fd, int out, struct instrument_report *rep, const char **why)
{
	struct instrument_report none = {0};
	struct rewrite rw = {.rep = rep ? rep : &none};
	struct code_header h = {0};

	insn_decoders_open(&rw);
	int rc = rewrite_all(&rw, fd, &h);
	*why = rw.why;
	if (rc == 0 && !rw.error)
		rc = code_write(&rw, &h, out) || sum_write(&h, out) ? -1 : 0;
	int error = rw.error ? rw.error : errno;
	if (rw.error)
		rc = -1;
	rewrite_elf_free(&rw);
	insn_decoders_close(&rw);
	errno = error;
	return rc;
}
