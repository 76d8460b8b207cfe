#include "instrument/image.h"

#include "arch/insn.h"
#include "counter/page.h"
#include "instrument/trampoline.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/size.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

static bool inside(const struct code_header *h, uint64_t off, uint64_t count, uint64_t size)
{
	return off <= h->file_len && count <= (h->file_len - off) / size && off % 4 == 0;
}

static bool pages_inside(const struct code_header *h, uint64_t off, uint64_t len)
{
	return off % PAGE == 0 && len % PAGE == 0 && off <= h->file_len && len <= h->file_len - off;
}

static bool header_good(const struct code_header *h, uint64_t bytes)
{
	if (bytes < sizeof(*h) || h->magic != CODE_MAGIC || h->version != CODE_VERSION ||
	    h->file_len != bytes || h->nsegments > CODE_SEGMENTS)
		return false;
	if (crc32_add(0, h, offsetof(struct code_header, header_crc)) != h->header_crc)
		return false;
	if (!inside(h, h->sites.off, h->sites.count, sizeof(struct code_site)) ||
	    !inside(h, h->origins.off, h->origins.count, sizeof(struct code_pair)) ||
	    !inside(h, h->moved.off, h->moved.count, sizeof(struct code_pair)) ||
	    !inside(h, h->syscalls.off, h->syscalls.count, 4) ||
	    !pages_inside(h, h->tramp_off, h->tramp_len))
		return false;
	if (h->len > UINT32_MAX || h->lo % PAGE || h->len % PAGE || h->tramp_addr % (int64_t)PAGE ||
	    h->tramp_addr > INT32_MAX || h->tramp_addr < INT32_MIN || h->stop_end < 2 ||
	    h->stop_end > h->tramp_len)
		return false;
	for (uint32_t i = 0; i < h->nsegments; i++) {
		const struct code_segment *s = &h->segments[i];
		if (!pages_inside(h, s->code_off, s->len) || s->addr % PAGE || s->addr > h->len ||
		    s->len > h->len - s->addr || s->file_off % PAGE)
			return false;
	}
	return true;
}

struct code_image *code_image_open(int fd)
{
	struct stat st;
	void *m = MAP_FAILED;

	if (!fstat(fd, &st) && st.st_size >= (off_t)sizeof(struct code_header))
		m = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (m == MAP_FAILED) {
		close(fd);
		return NULL;
	}
	const struct code_header *h = m;
	if (!header_good(h, (uint64_t)st.st_size)) {
		munmap(m, (size_t)st.st_size);
		close(fd);
		return NULL;
	}
	struct code_image *img = xcalloc(1, sizeof(*img));
	const uint8_t *bytes = m;
	*img = (struct code_image){.h = h,
				   .sites = (const void *)(bytes + h->sites.off),
				   .origins = (const void *)(bytes + h->origins.off),
				   .moved = (const void *)(bytes + h->moved.off),
				   .bytes = (size_t)st.st_size,
				   .fd = fd};
	return img;
}

void code_image_close(struct code_image *img)
{
	if (!img)
		return;
	munmap((void *)img->h, img->bytes);
	free(img->edges);
	close(img->fd);
	free(img);
}

uint32_t code_body_sum(const void *bytes, uint64_t len)
{
	const size_t header = sizeof(struct code_header);
	uint64_t h = XXH3_64bits((const uint8_t *)bytes + header, len - header);
	uint32_t folded = (uint32_t)(h ^ h >> 32);

	return folded ? folded : 1;
}

bool code_image_is_whole(const struct code_image *img)
{
	return img->h->body_sum && code_body_sum(img->h, img->bytes) == img->h->body_sum;
}

const char *code_file_check(int fd)
{
	struct code_image *img = code_image_open(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	const char *why = NULL;

	if (!img)
		why = "no code file of this version";
	else if (img->h->body_sum && code_body_sum(img->h, img->bytes) != img->h->body_sum)
		why = "the code file's checksum differs";
	code_image_close(img);
	return why;
}

uint64_t code_place_tramp(const struct code_place *c)
{
	return c->lo + (uint64_t)c->img->h->tramp_addr;
}

static bool overlap(uint64_t a, uint64_t alen, uint64_t b, uint64_t blen)
{
	return a < b + blen && b < a + alen;
}

bool code_places_overlap(const struct code_places *p, uint64_t start, uint64_t len)
{
	for (size_t i = 0; i < p->n; i++)
		if (overlap(start, len, code_place_tramp(&p->v[i]), p->v[i].img->h->tramp_len))
			return true;
	return false;
}

struct code_place *code_place_find(struct code_places *p, uint64_t lo, const struct code_image *img)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].lo == lo && p->v[i].img == img)
			return &p->v[i];
	return NULL;
}

void code_place_add(struct code_places *p, uint64_t lo, const struct code_image *img)
{
	struct code_place new = {lo, img, true};
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!overlap(code_place_tramp(&p->v[i]), p->v[i].img->h->tramp_len,
			     code_place_tramp(&new), img->h->tramp_len))
			p->v[n++] = p->v[i];
	*ARRAY_ADD(p->v, n) = new;
	p->n = n;
}

void code_places_unmapped(struct code_places *p, uint64_t start, uint64_t len)
{
	for (size_t i = 0; i < p->n; i++) {
		struct code_place *c = &p->v[i];
		for (uint32_t s = 0; s < c->img->h->nsegments; s++)
			if (overlap(start, len, c->lo + c->img->h->segments[s].addr,
				    c->img->h->segments[s].len))
				c->mapped = false;
	}
}

/* The last pair whose `from` is not above key; NULL if none. */
static const struct code_pair *pair_below(const struct code_pair *v, uint64_t n, uint32_t key)
{
	size_t above = ARRAY_SEARCH(i, n, v[i].from > key);

	return above ? &v[above - 1] : NULL;
}

static const struct code_place *tramp_at(const struct code_places *p, uint64_t pc)
{
	for (size_t i = 0; i < p->n && !p->look_only; i++)
		if (pc - code_place_tramp(&p->v[i]) < p->v[i].img->h->tramp_len)
			return &p->v[i];
	return NULL;
}

bool code_in_tramp(const struct code_places *p, uint64_t pc)
{
	return tramp_at(p, pc);
}

uint64_t code_origin(const struct code_places *p, uint64_t pc)
{
	const struct code_place *c = tramp_at(p, pc);

	if (!c)
		return pc;
	const struct code_pair *o = pair_below(c->img->origins, c->img->h->origins.count,
					       (uint32_t)(pc - code_place_tramp(c)));
	return o ? c->lo + o->to : pc;
}

uint64_t code_origin_broken(const struct code_places *p, uint64_t pc)
{
	return tramp_at(p, pc - 1) ? code_origin(p, pc - 1) + 1 : pc;
}

size_t code_entries(const struct code_places *p, uint64_t pc, uint64_t v[2])
{
	v[0] = v[1] = pc;
	for (size_t i = 0; i < p->n && !p->look_only; i++) {
		const struct code_place *c = &p->v[i];
		if (!c->mapped || pc - c->lo >= c->img->h->len)
			continue;
		const struct code_pair *m =
			pair_below(c->img->moved, c->img->h->moved.count, (uint32_t)(pc - c->lo));
		if (!m || m->from != pc - c->lo || (m->to & ~CODE_START) >= c->img->h->tramp_len)
			return 1;
		v[0] = code_place_tramp(c) + (m->to & ~CODE_START);
		return m->to & CODE_START ? 2 : 1;
	}
	return 1;
}

uint64_t code_entry(const struct code_places *p, uint64_t pc)
{
	uint64_t v[2];

	code_entries(p, pc, v);
	return v[0];
}

bool code_at_stop_code(const struct code_places *p, uint64_t pc)
{
	return code_in_tramp(p, pc) && code_origin(p, pc) == pc;
}

/* The n bytes at addr in the code file. NULL: they are not in one segment. */
static const uint8_t *segment_bytes(const struct code_header *h, uint64_t addr, uint64_t n)
{
	for (uint32_t i = 0; i < h->nsegments; i++) {
		const struct code_segment *g = &h->segments[i];
		if (addr - g->addr < g->len && g->len - (addr - g->addr) >= n)
			return (const uint8_t *)h + g->code_off + (addr - g->addr);
	}
	return NULL;
}

/* The same whether it is rewritten code that is mapped there, or the original. */
static bool next_run(const struct code_places *p, uint64_t addr, uint64_t end, struct code_run *run)
{
	run->start = end;
	for (size_t i = 0; i < p->n; i++) {
		const struct code_place *c = &p->v[i];
		for (uint32_t s = 0; c->mapped && s < c->img->h->nsegments; s++) {
			const struct code_segment *g = &c->img->h->segments[s];
			uint64_t lo = c->lo + g->addr, from = addr > lo ? addr : lo,
				 to = end < lo + g->len ? end : lo + g->len;
			if (from >= to || from >= run->start)
				continue;
			*run = (struct code_run){from, to - from,
						 (const uint8_t *)c->img->h + g->code_off +
							 (from - lo),
						 c->img, g->file_off + (from - lo)};
		}
	}
	return run->start < end;
}

bool code_next_run(const struct code_places *p, uint64_t addr, uint64_t end, struct code_run *run)
{
	return !p->look_only && next_run(p, addr, end, run);
}

void code_show_rewritten(const struct code_places *p, uint64_t addr, uint8_t *buf, size_t n)
{
	struct code_run run;

	if (!p->look_only)
		return;
	for (uint64_t at = addr; next_run(p, at, addr + n, &run); at = run.start + run.len)
		memcpy(buf + (run.start - addr), run.bytes, run.len);
}

void code_run_show(const struct code_run *run, int fd, uint8_t *buf)
{
	uint8_t original[4096];
	ssize_t n;

	for (size_t at = 0; at < run->len; at += (size_t)n) {
		size_t want = run->len - at < sizeof(original) ? run->len - at : sizeof(original);
		if ((n = pread_all(fd, original, want, run->file_off + at)) <= 0)
			return;
		for (ssize_t i = 0; i < n; i++)
			if (buf[at + (size_t)i] == run->bytes[at + (size_t)i])
				buf[at + (size_t)i] = original[i];
	}
}

/* Whether pc is at an island: a jump to a trampoline, reached by a short jump, where the original
 * has no instruction. */
static bool at_island(const struct code_places *p, uint64_t pc)
{
	for (size_t i = 0; i < p->n && !p->look_only; i++) {
		const struct code_place *c = &p->v[i];
		const uint8_t *b =
			c->mapped ? segment_bytes(c->img->h, pc - c->lo, TRAMPOLINE_JUMP) : NULL;
		uint64_t to;
		if (!b || !trampoline_jump_at(b, pc, &to))
			continue;
		return to - code_place_tramp(c) < c->img->h->tramp_len && code_entry(p, pc) == pc;
	}
	return false;
}

bool code_at_insn(const struct code_places *p, uint64_t pc)
{
	if (code_in_tramp(p, pc))
		return !code_at_stop_code(p, pc) && code_entry(p, code_origin(p, pc)) == pc;
	return !at_island(p, pc);
}

static int u32_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void edges_find(struct code_image *img)
{
	img->edges = xcalloc(img->h->sites.count + 1, sizeof(*img->edges));
	for (uint64_t i = 0; i < img->h->sites.count; i++)
		if (img->sites[i].kind < CODE_NONDET)
			img->edges[img->nedges++] = img->sites[i].site;
	qsort(img->edges, img->nedges, sizeof(*img->edges), u32_order);
}

bool code_is_counted(const struct code_places *p, uint64_t pc)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].mapped && segment_bytes(p->v[i].img->h, pc - p->v[i].lo, 1))
			return true;
	return false;
}

bool code_counts(const struct code_places *p, uint64_t pc)
{
	for (size_t i = 0; i < p->n; i++) {
		struct code_image *img = (struct code_image *)p->v[i].img;
		if (!p->v[i].mapped || pc - p->v[i].lo >= img->h->len)
			continue;
		if (!img->edges)
			edges_find(img);
		uint32_t at = (uint32_t)(pc - p->v[i].lo);
		return bsearch(&at, img->edges, img->nedges, sizeof(at), u32_order);
	}
	return false;
}

bool code_at_stop(const struct code_places *p, struct trace_regs *g,
		  const uint64_t saved[COUNTER_SAVED],
		  int (*read)(void *, uint64_t, void *, size_t), void *ctx,
		  const struct code_site **site)
{
	const struct code_place *c = tramp_at(p, ARCH_PC(g));

	if (!c || ARCH_PC(g) - code_place_tramp(c) != c->img->h->stop_end ||
	    ARCH_SYSNO(g) >= c->img->h->sites.count)
		return false;
	const struct code_site *s = *site = &c->img->sites[ARCH_SYSNO(g)];
	trampoline_restore(g, saved);
	if (s->kind >= CODE_NONDET) {
		ARCH_PC(g) = c->lo + s->site;
		return true;
	}
	if (s->reg)
		trampoline_set_flags(g);
	ARCH_PC(g) = c->lo + s->target;
	if (s->kind == CODE_INDIRECT) {
		uint64_t tail = code_place_tramp(c) + s->tail;
		size_t room = s->tail < c->img->h->tramp_len ? c->img->h->tramp_len - s->tail : 0;
		const uint8_t *bytes = (const uint8_t *)c->img->h + c->img->h->tramp_off + s->tail;
		uint64_t to =
			room ? arch_jump_target(bytes, room < ARCH_INSN_MAX ? room : ARCH_INSN_MAX,
						tail, g, read, ctx)
			     : 0;
		/* If the jump will fault, the task continues at the jump itself. */
		ARCH_PC(g) = to ? to : tail;
	}
	return true;
}
