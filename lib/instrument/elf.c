/* Reads the ELF file. Nothing in it can be trusted. */
#include "arch/arch.h"
#include "instrument/rewrite.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/size.h"
#include "util/thread.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BITS_ALL(rw) \
	{ \
		&(rw)->start, &(rw)->flow, &(rw)->target, &(rw)->label, &(rw)->strong, \
			&(rw)->taken, &(rw)->spare, &(rw)->dead, &(rw)->flags_known \
	}
#define CHUNK (4u << 20)
#define LEN_MAX (1ull << 30) /* bytes of an image */

uint64_t rewrite_elf_u64(const struct rewrite *rw, uint64_t addr)
{
	uint64_t v = 0;

	if (addr <= rw->len && rw->len - addr >= sizeof(v))
		memcpy(&v, rw->img + addr, sizeof(v));
	return v;
}

bool rewrite_in_text(const struct rewrite *rw, int64_t addr)
{
	for (unsigned i = 0; i < rw->ntexts; i++)
		if (addr >= rw->texts[i].start && addr < rw->texts[i].end)
			return true;
	return false;
}

/* pread_all() of the file. A failure is not the file's fault. */
static ssize_t file_bytes(struct rewrite *rw, void *buf, size_t n, uint64_t off)
{
	ssize_t got = pread_all(rw->fd, buf, n, off);

	if (got < 0)
		rw->error = errno;
	return got;
}

/* A table of the file, malloc'd. NULL: it is not all in the file. */
static void *table_read(struct rewrite *rw, uint64_t off, uint64_t len, uint64_t max)
{
	if (len == 0 || len > max || off > rw->file_len || len > rw->file_len - off)
		return NULL;
	void *p = xmalloc(len);
	if (file_bytes(rw, p, len, off) != (ssize_t)len) {
		free(p);
		return NULL;
	}
	return p;
}

void *rewrite_section_read(struct rewrite *rw, const Elf64_Shdr *sh, size_t max, size_t *len)
{
	*len = 0;
	if (sh->sh_type == SHT_NOBITS || (sh->sh_flags & SHF_COMPRESSED))
		return NULL;
	void *p = table_read(rw, sh->sh_offset, sh->sh_size, max);
	if (p)
		*len = sh->sh_size;
	return p;
}

const char *rewrite_section_name(const struct rewrite *rw, const Elf64_Shdr *sh)
{
	return sh->sh_name < rw->shstr_len ? rw->shstr + sh->sh_name : "";
}

static void sections_load(struct rewrite *rw)
{
	if (rw->eh.e_shentsize != sizeof(Elf64_Shdr) || !rw->eh.e_shnum)
		return;
	rw->sh = table_read(rw, rw->eh.e_shoff, rw->eh.e_shnum * sizeof(Elf64_Shdr),
			    65536 * sizeof(Elf64_Shdr));
	if (!rw->sh || rw->eh.e_shstrndx >= rw->eh.e_shnum)
		return;
	rw->shstr = rewrite_section_read(rw, &rw->sh[rw->eh.e_shstrndx], 16 << 20, &rw->shstr_len);
	if (rw->shstr)
		rw->shstr[rw->shstr_len - 1] = 0;
}

static int header_load(struct rewrite *rw)
{
	const Elf64_Ehdr *eh = &rw->eh;

	if (file_bytes(rw, &rw->eh, sizeof(rw->eh), 0) != sizeof(rw->eh) ||
	    memcmp(eh->e_ident, ELFMAG, SELFMAG))
		return rw->why = "not an ELF file", 1;
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh->e_machine != ARCH_ELF_MACHINE)
		return rw->why = "not for " ARCH_NAME, 1;
	if (eh->e_type != ET_EXEC && eh->e_type != ET_DYN)
		return rw->why = "neither a program nor a shared object", 1;
	if (eh->e_phentsize != sizeof(Elf64_Phdr) ||
	    !(rw->ph = table_read(rw, eh->e_phoff, eh->e_phnum * sizeof(Elf64_Phdr),
				  512 * sizeof(Elf64_Phdr))))
		return rw->why = "damaged program headers", 1;
	rw->fixed = eh->e_type == ET_EXEC;
	return 0;
}

/* Sets lo and len. */
static int elf_measure(struct rewrite *rw)
{
	uint64_t lo = UINT64_MAX, hi = 0, last = 0;

	for (unsigned i = 0; i < rw->eh.e_phnum; i++) {
		const Elf64_Phdr *p = &rw->ph[i];
		if (p->p_type != PT_LOAD || (!p->p_memsz && !p->p_filesz))
			continue;
		if (p->p_vaddr >> 47 || p->p_memsz >> 47 || p->p_filesz > p->p_memsz ||
		    p->p_vaddr < last || p->p_offset > rw->file_len ||
		    p->p_filesz > rw->file_len - p->p_offset || (p->p_vaddr - p->p_offset) % PAGE)
			return rw->why = "damaged segments", 1;
		last = p->p_vaddr + p->p_filesz;
		if (lo == UINT64_MAX)
			lo = PAGE_DOWN(p->p_vaddr);
		if (PAGE_UP(p->p_vaddr + p->p_memsz) > hi)
			hi = PAGE_UP(p->p_vaddr + p->p_memsz);
	}
	if (lo == UINT64_MAX)
		return rw->why = "no segments", 1;
	if (hi - lo > LEN_MAX)
		return rw->why = "too large", 1;
	rw->lo = lo;
	rw->len = hi - lo;
	return 0;
}

/* Zeroed memory. NULL with errno: there is none. */
static uint8_t *memory_map(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (len >= CHUNK)
		madvise(p, len, MADV_HUGEPAGE);
	return p;
}

static int text_add(struct rewrite *rw, const Elf64_Phdr *p)
{
	uint32_t start = p->p_vaddr - rw->lo;
	struct text t = {.start = start, .end = start + p->p_filesz};

	if (p->p_flags & PF_W)
		return rw->why = "writable text", 1;
	if (p->p_filesz != p->p_memsz)
		return rw->why = "text that is not all in the file", 1;
	if (rw->ntexts == CODE_SEGMENTS)
		return rw->why = "too many executable segments", 1;
	t.seg.addr = PAGE_DOWN(start);
	t.seg.file_off = PAGE_DOWN(p->p_offset);
	t.seg.len = PAGE_UP(p->p_offset + p->p_filesz) - t.seg.file_off;
	if (rw->ntexts &&
	    rw->texts[rw->ntexts - 1].seg.addr + rw->texts[rw->ntexts - 1].seg.len > t.seg.addr)
		return rw->why = "overlapping executable segments", 1;
	t.out = memory_map(t.seg.len);
	if (!t.out)
		return rw->error = errno, 1;
	rw->texts[rw->ntexts++] = t;
	uint64_t head = start - t.seg.addr, end = head + p->p_filesz;
	if (file_bytes(rw, t.out, head, t.seg.file_off) < 0 ||
	    file_bytes(rw, t.out + end, t.seg.len - end, t.seg.file_off + end) < 0)
		return rw->why = "cannot be read", 1;
	return 0;
}

/* The rest of a text's first and last page is in `out` from the beginning. */
void rewrite_text_copy(struct rewrite *rw, uint32_t from, uint32_t to)
{
	for (unsigned i = 0; i < rw->ntexts; i++) {
		const struct text *t = &rw->texts[i];
		uint32_t start = from > t->start ? from : t->start, end = to < t->end ? to : t->end;
		if (start < end)
			memcpy(t->out + (start - t->seg.addr), rw->img + start, end - start);
	}
}

/* A part of a segment that one call reads. */
struct chunk {
	uint32_t addr, len;
	uint64_t off;
};

struct loading {
	struct rewrite *rw;
	VEC(struct chunk) chunks;
	int failed; /* errno; -1: the file is too short */
};

static void chunk_load(void *ctx, size_t i)
{
	struct loading *l = ctx;
	const struct chunk *c = &l->chunks.v[i];
	ssize_t n = pread_all(l->rw->fd, l->rw->img + c->addr, c->len, c->off);

	if (n != (ssize_t)c->len)
		__atomic_store_n(&l->failed, n < 0 ? errno : -1, __ATOMIC_RELAXED);
}

/* Reads all segments, by several threads. */
static int chunks_load(struct rewrite *rw)
{
	struct loading l = {.rw = rw};

	for (unsigned i = 0; i < rw->eh.e_phnum; i++) {
		const Elf64_Phdr *p = &rw->ph[i];
		for (uint64_t at = 0; p->p_type == PT_LOAD && at < p->p_filesz; at += CHUNK)
			*VEC_ADD(&l.chunks) =
				(struct chunk){p->p_vaddr - rw->lo + at,
					       p->p_filesz - at < CHUNK ? p->p_filesz - at : CHUNK,
					       p->p_offset + at};
	}
	threads_each(l.chunks.n, chunk_load, &l);
	free(l.chunks.v);
	if (l.failed > 0)
		rw->error = l.failed;
	return l.failed ? rw->why = "cannot be read", 1 : 0;
}

/* Reads the segments to where they would be loaded. */
static int segments_load(struct rewrite *rw)
{
	for (unsigned i = 0; i < rw->eh.e_phnum; i++) {
		const Elf64_Phdr *p = &rw->ph[i];
		if (p->p_type != PT_LOAD || !p->p_filesz)
			continue;
		if (rw->nloads == ARRAY_LEN(rw->loads))
			return rw->why = "too many segments", 1;
		uint32_t start = p->p_vaddr - rw->lo;
		rw->loads[rw->nloads++] = (struct range){start, start + p->p_filesz};
		if ((p->p_flags & PF_X) && text_add(rw, p))
			return 1;
	}
	if (!rw->ntexts)
		return rw->why = "no text", 1;
	return chunks_load(rw);
}

int rewrite_elf_load(struct rewrite *rw, int fd)
{
	struct stat st;

	rw->fd = fd;
	if (fstat(fd, &st) < 0)
		return rw->error = errno, 1;
	if (!S_ISREG(st.st_mode))
		return rw->why = "not a regular file", 1;
	rw->file_len = st.st_size;
	if (header_load(rw) || elf_measure(rw))
		return 1;
	/* One more page, so that reading a number near the end of the image needs no check. */
	rw->img = memory_map(rw->len + PAGE);
	if (!rw->img)
		return rw->error = errno, 1;
	if (segments_load(rw))
		return 1;
	sections_load(rw);
	size_t words = rw->len / 64 + 2;
	bits *const all[] = BITS_ALL(rw);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		*all[i] = xcalloc(words, 8);
	return 0;
}

void rewrite_elf_trim(struct rewrite *rw)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < rw->ntexts; i++) {
		if (rw->texts[i].seg.addr > at)
			madvise(rw->img + at, rw->texts[i].seg.addr - at, MADV_DONTNEED);
		at = rw->texts[i].seg.addr + rw->texts[i].seg.len;
	}
	if (at < rw->len)
		madvise(rw->img + at, rw->len - at, MADV_DONTNEED);
	bits *const no_more[] = {&rw->flow, &rw->strong, &rw->label};
	for (size_t i = 0; i < ARRAY_LEN(no_more); i++) {
		free(*no_more[i]);
		*no_more[i] = NULL;
	}
	free(rw->blocks.v);
	free(rw->refs.v);
	rw->blocks.v = rw->refs.v = NULL;
	rw->blocks.n = rw->refs.n = 0;
}

void rewrite_elf_free(struct rewrite *rw)
{
	if (rw->img)
		munmap(rw->img, rw->len + PAGE);
	for (unsigned i = 0; i < rw->ntexts; i++)
		munmap(rw->texts[i].out, rw->texts[i].seg.len);
	bits *const bit_maps[] = BITS_ALL(rw);
	for (size_t i = 0; i < ARRAY_LEN(bit_maps); i++)
		free(*bit_maps[i]);
	void *const all[] = {rw->ph,       rw->sh,         rw->shstr,   rw->sections.v,
			     rw->funcs.v,  rw->func_index, rw->sites.v, rw->syscalls.v,
			     rw->blocks.v, rw->pads.v,     rw->refs.v,  rw->jumps.v};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		free(all[i]);
}

/* Adds the part of [start, end) that is in one text. */
static void region_add(struct rewrite *rw, uint64_t start, uint64_t end)
{
	for (unsigned i = 0; i < rw->ntexts; i++) {
		const struct text *t = &rw->texts[i];
		uint64_t s = start < t->start ? t->start : start, e = end > t->end ? t->end : end;
		if (s < e)
			*VEC_ADD(&rw->sections) = (struct range){s, e};
	}
}

static int range_cmp(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	return x->start != y->start ? (x->start < y->start ? -1 : 1)
	       : x->end < y->end    ? -1
				    : x->end > y->end;
}

static void sections_find(struct rewrite *rw)
{
	for (unsigned i = 0; rw->sh && i < rw->eh.e_shnum; i++) {
		const Elf64_Shdr *sh = &rw->sh[i];
		if ((sh->sh_flags & (SHF_ALLOC | SHF_EXECINSTR)) == (SHF_ALLOC | SHF_EXECINSTR) &&
		    sh->sh_type != SHT_NOBITS && sh->sh_addr >= rw->lo && sh->sh_size <= rw->len)
			region_add(rw, sh->sh_addr - rw->lo, sh->sh_addr - rw->lo + sh->sh_size);
	}
	if (!rw->sections.n)
		for (unsigned i = 0; i < rw->ntexts; i++)
			region_add(rw, rw->texts[i].start, rw->texts[i].end);
	if (rw->sections.n)
		qsort(rw->sections.v, rw->sections.n, sizeof(struct range), range_cmp);
	for (size_t i = 1; i < rw->sections.n; i++) {
		struct range *r = &rw->sections.v[i];
		if (r->start < r[-1].end)
			r->start = r[-1].end < r->end ? r[-1].end : r->end;
	}
}

void rewrite_elf_sections(struct rewrite *rw)
{
	sections_find(rw);
	if (rewrite_in_text(rw, rw->eh.e_entry - rw->lo))
		target_mark(rw, rw->eh.e_entry - rw->lo);
	for (size_t i = 0; i < rw->sections.n; i++)
		target_mark(rw, rw->sections.v[i].start);
}

void rewrite_text_patch(struct rewrite *rw, uint32_t addr, const void *bytes, size_t n)
{
	for (unsigned i = 0; i < rw->ntexts; i++)
		if (addr >= rw->texts[i].start && addr + n <= rw->texts[i].end)
			memcpy(rw->texts[i].out + (addr - rw->texts[i].seg.addr), bytes, n);
}

void rewrite_text_patch_rel(struct rewrite *rw, uint32_t addr, uint32_t to)
{
	uint32_t rel = to - (addr + 4);

	rewrite_text_patch(rw, addr, &rel, 4);
	*VEC_ADD(&rw->text_patches) = addr;
}

void rewrite_text_fill(struct rewrite *rw, uint32_t start, uint32_t end)
{
	uint8_t fill[64];

	for (size_t i = 0; i < sizeof(fill); i += ARCH_BREAKPOINT_LEN)
		memcpy(fill + i, arch_breakpoint, ARCH_BREAKPOINT_LEN);
	for (uint32_t n; start < end; start += n) {
		n = end - start < sizeof(fill) ? end - start : sizeof(fill);
		rewrite_text_patch(rw, start, fill, n);
	}
}
