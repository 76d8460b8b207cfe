/* The rewriter, on installed programs: decoding both shows whether rewritten code does what the
 * original does. Then damaged files, which must not crash it. */
#include "instrument/x86_64/decode.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/size.h"

#include <Zydis/Zydis.h>
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int ntests, nfailed;

static void check(bool ok, const char *what, const char *name)
{
	ntests++;
	nfailed += !ok;
	printf("%sok %d - %s %s\n", ok ? "" : "not ", ntests, what, name);
}

/* An ELF file and its code file. The texts of both are indexed by the offset from the lowest
 * page. */
struct subject {
	const char *name;
	uint8_t *elf, *code; /* the files */
	size_t elf_len, code_len;
	const struct code_header *h;
	const struct code_site *sites;
	const struct code_pair *origins, *moved;
	uint8_t *was, *is; /* the texts */
	uint8_t *range;    /* for each byte: how it was changed */
	uint8_t *begins;   /* an instruction of a function begins there */
	ZydisDecoder decoder;
	unsigned wrong;
};

enum { SAME, JUMP_START, JUMP_REST, FILL };

static void complain(struct subject *s, const char *what, uint64_t at)
{
	if (s->wrong++ < 5)
		printf("# %s: %s at %#lx\n", s->name, what, s->h->lo + at);
}

static bool decode(struct subject *s, const uint8_t *p, ZydisDecodedInstruction *d,
		   ZydisDecodedOperand *op)
{
	return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&s->decoder, p, 15, d, op));
}

static int pair_cmp(const void *key, const void *member)
{
	uint32_t k = *(const uint32_t *)key;
	const struct code_pair *p = member;
	return k < p->from ? -1 : k > p->from;
}

static const struct code_pair *pair_find(const struct code_pair *v, uint64_t n, uint32_t from)
{
	return bsearch(&from, v, n, sizeof(*v), pair_cmp);
}

static uint8_t *map_file(int fd, size_t *len)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !st.st_size)
		return NULL;
	*len = st.st_size;
	/* Private and a page longer, so that decoding may read past the end. */
	uint8_t *p =
		mmap(NULL, *len + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || pread_all(fd, p, *len, 0) != (ssize_t)*len)
		err(2, "cannot read");
	return p;
}

static void *image_new(size_t len)
{
	void *p = mmap(NULL, len + PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		err(2, "no memory");
	return p;
}

/* Checks that the tables lie in the file, and that the header is whole. */
static bool layout_ok(const struct subject *s)
{
	const struct code_header *h = s->h;
	const struct {
		struct code_table t;
		size_t size;
	} tables[] = {
		{h->sites, sizeof(struct code_site)},
		{h->origins, sizeof(struct code_pair)},
		{h->moved, sizeof(struct code_pair)},
		{h->syscalls, 4},
	};

	if (s->code_len < sizeof(*h) || h->magic != CODE_MAGIC || h->version != CODE_VERSION ||
	    h->file_len != s->code_len || h->nsegments < 1 || h->nsegments > CODE_SEGMENTS ||
	    h->header_crc != crc32_add(0, s->code, offsetof(struct code_header, header_crc)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (tables[i].t.off % 8 || tables[i].t.off > s->code_len ||
		    tables[i].t.count > (s->code_len - tables[i].t.off) / tables[i].size)
			return false;
	for (unsigned i = 0; i < h->nsegments; i++) {
		const struct code_segment *g = &h->segments[i];
		if (g->addr % PAGE || g->len % PAGE || g->file_off % PAGE || g->code_off % PAGE ||
		    g->addr + g->len > h->len + PAGE || g->code_off + g->len > s->code_len)
			return false;
	}
	return h->tramp_off % PAGE == 0 && h->tramp_len % PAGE == 0 &&
	       h->tramp_off + h->tramp_len <= s->code_len && h->stop_end <= h->tramp_len &&
	       !memcmp(s->code + h->tramp_off + h->stop_end - 2, "\x0f\x05", 2);
}

static void texts_load(struct subject *s)
{
	s->was = image_new(s->h->len + PAGE);
	s->is = image_new(s->h->len + PAGE);
	s->range = image_new(s->h->len + PAGE);
	s->begins = image_new(s->h->len + PAGE);
	for (unsigned i = 0; i < s->h->nsegments; i++) {
		const struct code_segment *g = &s->h->segments[i];
		size_t n = g->file_off + g->len > s->elf_len ? s->elf_len - g->file_off : g->len;
		memcpy(s->was + g->addr, s->elf + g->file_off, n);
		memcpy(s->is + g->addr, s->code + g->code_off, g->len);
	}
}

static bool text_has(const struct subject *s, int64_t at)
{
	for (unsigned i = 0; i < s->h->nsegments; i++)
		if (at >= (int64_t)s->h->segments[i].addr &&
		    at < (int64_t)(s->h->segments[i].addr + s->h->segments[i].len))
			return true;
	return false;
}

static const uint8_t *tramp(const struct subject *s, uint32_t at)
{
	return s->code + s->h->tramp_off + at;
}

/* The target of a direct jump, as an offset from lo, also for code in trampolines. */
static int64_t jump_target(const ZydisDecodedInstruction *d, int64_t at)
{
	return at + d->length + d->raw.imm[0].value.s;
}

static bool is_jump(const ZydisDecodedInstruction *d)
{
	return d->raw.imm[0].is_relative && d->mnemonic != ZYDIS_MNEMONIC_XBEGIN;
}

/* The position in the trampolines to which the text jumps; -1: it does not jump there. */
static int64_t text_to_tramp(struct subject *s, uint64_t at, ZydisDecodedInstruction *d)
{
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

	if (!decode(s, s->is + at, d, op) || !is_jump(d) || d->raw.imm[0].size != 32)
		return -1;
	int64_t to = jump_target(d, at) - s->h->tramp_addr;
	return to >= 0 && to < (int64_t)s->h->tramp_len ? to : -1;
}

static void mark_jump(struct subject *s, uint64_t at, unsigned len)
{
	if (s->range[at] != SAME && s->range[at] != FILL)
		complain(s, "jumps overlap", at);
	memset(s->range + at, JUMP_REST, len);
	s->range[at] = JUMP_START;
}

/* The jump to the start of a trampoline that contains the byte. It replaces an instruction or is an
 * island. Some of its bytes may be unchanged. */
static unsigned long_jump_around(struct subject *s, uint64_t at, uint64_t *start)
{
	ZydisDecodedInstruction d;

	for (unsigned k = 0; k < 8 && k <= at; k++) {
		*start = at - k;
		if (s->range[*start] == JUMP_START || s->range[*start] == JUMP_REST)
			return 0;
		if (!s->begins[*start] && s->is[*start] != 0xe9)
			continue;
		/* the last byte of a short jump that is still there */
		if (*start && s->begins[*start - 1] && s->is[*start - 1] == 0xeb &&
		    s->was[*start - 1] == 0xeb)
			continue;
		int64_t to = text_to_tramp(s, *start, &d);
		if (to >= 0 && *start + d.length > at &&
		    pair_find(s->origins, s->h->origins.count, to))
			return d.length;
	}
	return 0;
}

/* Every changed byte must be part of a jump to a trampoline, part of a short jump to such a jump,
 * or int3. */
static void changes_find(struct subject *s, uint64_t at, uint64_t end)
{
	uint64_t start;

	for (; at < end; at++) {
		if (s->was[at] == s->is[at])
			continue;
		unsigned len = long_jump_around(s, at, &start);
		if (len) {
			mark_jump(s, start, len);
			at = start + len - 1;
		} else if (s->is[at] == 0xcc) {
			s->range[at] = FILL;
		}
		/* Short jumps come later, when all long ones are known. */
	}
}

/* Short jumps: to an island, or to another site with the same target, or over an island in a nop.
 */
static void shorts_find(struct subject *s, uint64_t at, uint64_t end)
{
	ZydisDecodedInstruction d, old;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

	for (; at < end; at++) {
		if (s->was[at] == s->is[at] || s->range[at] != SAME)
			continue;
		uint64_t start = at;
		for (unsigned k = 0; k < 4 && !s->begins[start]; k++)
			start--;
		if (!decode(s, s->is + start, &d, op) || !is_jump(&d) || d.raw.imm[0].size != 8 ||
		    !decode(s, s->was + start, &old, op)) {
			complain(s, "a changed byte that is no part of a jump", at);
			continue;
		}
		int64_t to = jump_target(&d, start);
		bool over_nop =
			old.mnemonic == ZYDIS_MNEMONIC_NOP && to == (int64_t)start + old.length;
		if (!over_nop &&
		    (!text_has(s, to) || (s->range[to] != JUMP_START && s->was[to] == s->is[to] &&
					  s->was[to + 1] == s->is[to + 1])))
			complain(s, "a short jump to no island", start);
		memset(s->range + start, JUMP_REST, d.length);
		s->range[start] = JUMP_START;
	}
}

/* Finds the starts of instructions, from the function starts in .eh_frame_hdr's table. */
static void functions_decode(struct subject *s)
{
	const Elf64_Ehdr *eh = (void *)s->elf;
	const Elf64_Phdr *ph = (void *)(s->elf + eh->e_phoff);
	ZydisDecodedInstruction d;

	for (unsigned i = 0; i < eh->e_phnum; i++, ph++) {
		const uint8_t *p = s->elf + ph->p_offset;
		if (ph->p_type != PT_GNU_EH_FRAME || p[0] != 1 || p[2] != 3 || p[3] != 0x3b)
			continue;
		uint32_t n;
		memcpy(&n, p + 8, 4);
		for (uint32_t k = 0; k < n; k++) {
			int32_t pair[2], next[2] = {0, 0};
			memcpy(pair, p + 12 + 8 * k, 8);
			if (k + 1 < n)
				memcpy(next, p + 12 + 8 * (k + 1), 8);
			int64_t at = (int64_t)(ph->p_vaddr - s->h->lo) + pair[0];
			int64_t end =
				k + 1 < n ? (int64_t)(ph->p_vaddr - s->h->lo) + next[0] : at + 4096;
			for (; at < end && text_has(s, at); at += d.length) {
				if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
					    &s->decoder, NULL, s->was + at, 15, &d)))
					break;
				s->begins[at] = 1;
			}
		}
	}
}

/* No direct jump of the original may go strictly inside overwritten bytes. */
static void targets_check(struct subject *s, uint64_t at, uint64_t end)
{
	ZydisDecodedInstruction d;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

	for (; at < end; at++) {
		if (!s->begins[at] || !decode(s, s->was + at, &d, op))
			continue;
		int64_t to = -1;
		if (is_jump(&d))
			to = jump_target(&d, at);
		else if (d.meta.category == ZYDIS_CATEGORY_CALL ||
			 d.mnemonic == ZYDIS_MNEMONIC_SYSCALL)
			to = at + d.length;
		/* Nothing reaches the code after a call that does not return. */
		if (to < 0 || !text_has(s, to) || (!is_jump(&d) && !s->begins[to]))
			continue;
		if (s->range[to] == JUMP_REST || s->range[to] == FILL)
			complain(s, "something jumps into a rewritten range", to);
	}
}

static bool same_operand(const ZydisDecodedOperand *a, int64_t a_next, const ZydisDecodedOperand *b,
			 int64_t b_next)
{
	if (a->type != b->type || a->size != b->size)
		return false;
	switch (a->type) {
	case ZYDIS_OPERAND_TYPE_REGISTER: return a->reg.value == b->reg.value;
	case ZYDIS_OPERAND_TYPE_IMMEDIATE: return a->imm.value.u == b->imm.value.u;
	case ZYDIS_OPERAND_TYPE_MEMORY:
		if (a->mem.base != b->mem.base || a->mem.index != b->mem.index ||
		    a->mem.scale != b->mem.scale || a->mem.segment != b->mem.segment)
			return false;
		if (a->mem.base == ZYDIS_REGISTER_RIP)
			return a_next + a->mem.disp.value == b_next + b->mem.disp.value;
		return a->mem.disp.value == b->mem.disp.value;
	default: return true;
	}
}

/* Whether trampoline code does what the original instruction does. site_check() checks jumps. */
static bool same_insn(struct subject *s, uint32_t at, uint32_t was)
{
	ZydisDecodedInstruction a, b;
	ZydisDecodedOperand oa[ZYDIS_MAX_OPERAND_COUNT], ob[ZYDIS_MAX_OPERAND_COUNT];

	if (!decode(s, tramp(s, at), &a, oa) || !decode(s, s->was + was, &b, ob))
		return false;
	if (a.mnemonic != b.mnemonic || a.operand_count_visible != b.operand_count_visible ||
	    (a.attributes & ZYDIS_ATTRIB_HAS_LOCK) != (b.attributes & ZYDIS_ATTRIB_HAS_LOCK))
		return false;
	int64_t a_next = s->h->tramp_addr + at + a.length, b_next = was + b.length;
	for (unsigned i = 0; i < a.operand_count_visible; i++)
		if (!same_operand(&oa[i], a_next, &ob[i], b_next))
			return false;
	return true;
}

static bool may_differ(struct subject *s, uint32_t was)
{
	static const uint16_t hooks[] = {
		ZYDIS_MNEMONIC_RDTSC,  ZYDIS_MNEMONIC_RDTSCP, ZYDIS_MNEMONIC_CPUID,
		ZYDIS_MNEMONIC_RDRAND, ZYDIS_MNEMONIC_RDSEED, ZYDIS_MNEMONIC_RDPID,
		ZYDIS_MNEMONIC_XGETBV,
	};
	ZydisDecodedInstruction d;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

	if (!decode(s, s->was + was, &d, op))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++)
		if (d.mnemonic == hooks[i])
			return true;
	return is_jump(&d) || d.mnemonic == ZYDIS_MNEMONIC_JMP;
}

/* The target of the jump at a group's start, direct or by an island. */
static int64_t start_goes_to(struct subject *s, uint64_t at)
{
	ZydisDecodedInstruction d;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

	if (decode(s, s->is + at, &d, op) && is_jump(&d) && d.raw.imm[0].size == 8)
		at = (uint64_t)jump_target(&d, (int64_t)at);
	return text_has(s, (int64_t)at) ? text_to_tramp(s, at, &d) : -1;
}

static void tables_check(struct subject *s)
{
	for (uint64_t i = 0; i < s->h->origins.count; i++) {
		const struct code_pair *o = &s->origins[i];
		if (o->from >= s->h->tramp_len || o->to > s->h->len || (i && o[-1].from >= o->from))
			complain(s, "bad entry of origins", o->to);
	}
	for (uint64_t i = 0; i < s->h->moved.count; i++) {
		const struct code_pair *m = &s->moved[i];
		uint32_t to = m->to & ~CODE_START;
		const struct code_pair *o = pair_find(s->origins, s->h->origins.count, to);
		if (!text_has(s, m->from) || !o || o->to != m->from || (i && m[-1].from >= m->from))
			complain(s, "bad entry of moved", m->from);
		else if (!may_differ(s, m->from) && !same_insn(s, to, m->from))
			complain(s, "a moved instruction is another", m->from);
		if (m->to & CODE_START) {
			if (start_goes_to(s, m->from) != to)
				complain(s, "the start of a group does not go to its code",
					 m->from);
		} else if (s->range[m->from] == SAME || s->range[m->from] == JUMP_START) {
			/* Its place may have become an island. */
			ZydisDecodedInstruction d;
			if (text_to_tramp(s, m->from, &d) < 0)
				complain(s, "a moved instruction is still there", m->from);
		}
	}
}

/* Where the instruction is displaced to, an offset in the trampolines; 0: nowhere. */
static uint32_t moved_to(const struct subject *s, uint32_t from)
{
	size_t above = ARRAY_SEARCH(i, s->h->moved.count, s->moved[i].from > from);

	return above && s->moved[above - 1].from == from ? s->moved[above - 1].to & ~CODE_START : 0;
}

/* Whether the trampoline has a jump there, to the target or to that of the jump that is there now.
 */
static bool jumps_to(struct subject *s, uint32_t at, uint32_t target)
{
	ZydisDecodedInstruction d;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

	if (!decode(s, tramp(s, at), &d, op) || d.mnemonic != ZYDIS_MNEMONIC_JMP || !is_jump(&d))
		return false;
	int64_t to = jump_target(&d, s->h->tramp_addr + at);
	if (to == target)
		return true;
	return s->range[target] == JUMP_START && decode(s, s->is + target, &d, op) && is_jump(&d) &&
	       jump_target(&d, target) == to;
}

/* Past a counted instruction a borrowed register is loaded, and the next instruction follows. */
static bool next_ok(struct subject *s, const struct code_site *c)
{
	ZydisDecodedInstruction d;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
	uint32_t at = c->tail;

	if (c->target != c->site + c->len)
		return false;
	if (!c->reg) {
		if (!decode(s, tramp(s, at), &d, op) || d.mnemonic != ZYDIS_MNEMONIC_MOV ||
		    op[0].reg.value != ZYDIS_REGISTER_RCX)
			return false;
		at += d.length;
	}
	return moved_to(s, c->target) == at || jumps_to(s, at, c->target);
}

/* Whether the code after a count goes to the right place. */
static bool tail_ok(struct subject *s, const struct code_site *c)
{
	if (c->tail >= s->h->tramp_len)
		return false;
	if (c->kind == CODE_INDIRECT)
		return same_insn(s, c->tail, c->site);
	if (c->kind == CODE_NEXT)
		return next_ok(s, c);
	if (c->kind >= CODE_NONDET)
		return c->target == c->site + c->len;
	return jumps_to(s, c->tail, c->target);
}

/* A jump by a pointer in memory, which is not counted itself. */
static bool is_stub(struct subject *s, uint32_t at)
{
	ZydisDecodedInstruction d;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

	if (!memcmp(s->was + at, "\xf3\x0f\x1e\xfa", 4))
		at += 4;
	return s->range[at] == SAME && decode(s, s->was + at, &d, op) &&
	       d.mnemonic == ZYDIS_MNEMONIC_JMP && op[0].type == ZYDIS_OPERAND_TYPE_MEMORY &&
	       op[0].mem.base == ZYDIS_REGISTER_RIP;
}

/* Counting code must be reached under the site's condition, or the opposite condition jumps around
 * it. */
static void sites_check(struct subject *s)
{
	ZydisDecodedInstruction d;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

	for (uint64_t i = 0; i < s->h->sites.count; i++) {
		const struct code_site *c = &s->sites[i];
		if (!text_has(s, c->site) || !decode(s, s->was + c->site, &d, op) ||
		    d.length != c->len) {
			complain(s, "a site that is none", c->site);
			continue;
		}
		bool edge = c->kind == CODE_JUMP || c->kind == CODE_CALL;
		if (edge && (!is_jump(&d) || jump_target(&d, c->site) != c->target ||
			     (c->target > c->site && !is_stub(s, c->target))))
			complain(s, "a site that does not jump back", c->site);
		if (c->kind == CODE_CALL && d.mnemonic != ZYDIS_MNEMONIC_CALL)
			complain(s, "a call that is none", c->site);
		if (c->kind == CODE_INDIRECT && (d.mnemonic != ZYDIS_MNEMONIC_JMP || is_jump(&d)))
			complain(s, "an indirect jump that is none", c->site);
		if (edge && s->range[c->target] != SAME && s->range[c->target] != JUMP_START)
			complain(s, "a site whose target is overwritten", c->site);
		if (!tail_ok(s, c))
			complain(s, "a wrong tail", c->site);
		if (c->kind == CODE_CALL && (s->is[c->site + c->len - 5] != 0xe8))
			complain(s, "a call that no longer is one", c->site);
	}
}

static void subject_check(struct subject *s)
{
	check(layout_ok(s), "layout of", s->name);
	texts_load(s);
	functions_decode(s);
	for (unsigned i = 0; i < s->h->nsegments; i++)
		changes_find(s, s->h->segments[i].addr,
			     s->h->segments[i].addr + s->h->segments[i].len);
	for (unsigned i = 0; i < s->h->nsegments; i++)
		shorts_find(s, s->h->segments[i].addr,
			    s->h->segments[i].addr + s->h->segments[i].len);
	check(!s->wrong, "every change is a jump or its filling:", s->name);
	s->wrong = 0;
	for (unsigned i = 0; i < s->h->nsegments; i++)
		targets_check(s, s->h->segments[i].addr,
			      s->h->segments[i].addr + s->h->segments[i].len);
	check(!s->wrong, "nothing jumps into what was overwritten:", s->name);
	s->wrong = 0;
	tables_check(s);
	check(!s->wrong, "moved instructions do the same elsewhere:", s->name);
	s->wrong = 0;
	sites_check(s);
	check(!s->wrong, "sites go where they went:", s->name);
	uint8_t *const images[] = {s->was, s->is, s->range, s->begins};
	for (size_t i = 0; i < ARRAY_LEN(images); i++)
		munmap(images[i], s->h->len + 2 * PAGE);
}

/* The first of the paths that exists. */
static void file_check(const char *path, double share)
{
	struct subject s = {.name = strrchr(path, '/') + 1};
	struct instrument_report rep = {0};
	const char *why = "cannot be written";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		printf("ok %d - %s # skip not installed\n", ++ntests, s.name);
		return;
	}
	int out = memfd_create("code", MFD_CLOEXEC);
	if (instrument_file(fd, out, &rep, &why)) {
		printf("# %s: %s\n", s.name, why);
		check(false, "is rewritten:", s.name);
	} else {
		check(rep.left <= rep.found * (1 - share / 100) && !rep.hooks_left,
		      "enough is rewritten of", s.name);
		s.elf = map_file(fd, &s.elf_len);
		s.code = map_file(out, &s.code_len);
		s.h = (void *)s.code;
		s.sites = (void *)(s.code + s.h->sites.off);
		s.origins = (void *)(s.code + s.h->origins.off);
		s.moved = (void *)(s.code + s.h->moved.off);
		ZydisDecoderInit(&s.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
		subject_check(&s);
		munmap(s.elf, s.elf_len + PAGE);
		munmap(s.code, s.code_len + PAGE);
	}
	close(fd);
	close(out);
}

/* Whether two instructions are the same, but for their forms. */
static bool same_decoded(const struct insn *a, const struct insn *b)
{
	return a->len == b->len && a->type == b->type && a->kind == b->kind &&
	       a->disp_off == b->disp_off && a->rel_off == b->rel_off &&
	       a->rel_size == b->rel_size && a->odd == b->odd && a->lea == b->lea &&
	       a->reg_jump == b->reg_jump && a->target == b->target &&
	       a->abs_off[0] == b->abs_off[0] && a->abs_off[1] == b->abs_off[1];
}

/* The fast decoder must agree with Zydis, wherever in a file decoding begins and ends. */
static void fast_check(const char *path)
{
	struct rewrite rw = {.fixed = true};
	struct insn fast, slow;
	unsigned wrong = 0;
	size_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	rw.img = map_file(fd, &len);
	insn_decoders_open(&rw);
	for (size_t i = 0; i < len; i++) {
		size_t end = i + 1 + i % 15;
		if (insn_decode_fast(&rw, i, end, &fast) &&
		    (!insn_decode_slow(&rw, i, end, &slow) || !same_decoded(&fast, &slow)) &&
		    wrong++ < 5)
			printf("# %#zx\n", i);
	}
	check(!wrong, "fast decoding agrees with Zydis in", strrchr(path, '/') + 1);
	insn_decoders_close(&rw);
	munmap(rw.img, len + PAGE);
	close(fd);
}

static uint32_t seed = 1;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1103515245 + 12345;
	return (uint32_t)(((uint64_t)(seed >> 1) * n) >> 31);
}

/* Damages a few bytes, most of them in headers. */
static void damage(uint8_t *p, size_t len)
{
	const Elf64_Ehdr *eh = (void *)p;
	uint64_t shoff = eh->e_shoff, ends[] = {64, 1024, len, len, len};
	unsigned n = 1 + random_below(8);

	for (unsigned i = 0; i < n; i++) {
		unsigned where = random_below(ARRAY_LEN(ends) + 1);
		uint64_t at;
		if (where == ARRAY_LEN(ends) && shoff < len)
			at = shoff + random_below(len - shoff);
		else
			at = random_below(ends[where % ARRAY_LEN(ends)]);
		if (at < len)
			p[at] = random_below(3) ? random_below(256) : random_below(2) ? 0xff : 0;
	}
}

static void damaged_check(const char *path, unsigned rounds)
{
	const char *name = strrchr(path, '/') + 1, *why;
	size_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		printf("ok %d - damaged %s # skip not there\n", ++ntests, name);
		return;
	}
	uint8_t *elf = map_file(fd, &len);
	for (unsigned i = 0; i < rounds; i++) {
		uint8_t *copy = xmalloc(len);
		memcpy(copy, elf, len);
		size_t part = i % 4 ? len : 1 + random_below(len);
		if (i % 8)
			damage(copy, len);
		int in = memfd_create("damaged", MFD_CLOEXEC),
		    out = memfd_create("code", MFD_CLOEXEC);
		if (write_all(in, copy, part))
			err(2, "memfd");
		struct instrument_report rep = {0};
		instrument_file(in, out, &rep, &why);
		close(in);
		close(out);
		free(copy);
	}
	munmap(elf, len + PAGE);
	close(fd);
	check(true, "no crash by damaged", name);
}

/* The image is as large as the segments are in memory, so a segment with more bytes in the file
 * does not fit. */
static void segment_check(const char *path)
{
	const char *why = "";
	size_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *elf = map_file(fd, &len);
	Elf64_Phdr *p = (void *)(elf + ((Elf64_Ehdr *)elf)->e_phoff);
	int in = memfd_create("damaged", MFD_CLOEXEC), out = memfd_create("code", MFD_CLOEXEC);

	while (p->p_type != PT_LOAD)
		p++;
	p->p_memsz = 0;
	if (write_all(in, elf, len))
		err(2, "memfd");
	struct instrument_report rep = {0};
	bool refused =
		instrument_file(in, out, &rep, &why) == 1 && !strcmp(why, "damaged segments");
	check(refused, "a segment of nothing in memory", why);
	close(in);
	close(out);
	munmap(elf, len + PAGE);
	close(fd);
}

int main(int argc, char **argv)
{
	static const char *const files[] = {
		"/lib/x86_64-linux-gnu/libc.so.6",
		"/lib64/ld-linux-x86-64.so.2",
		"/bin/bash",
		"/usr/bin/python3.11",
		"/usr/bin/git",
		"/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
		"/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
		"/usr/bin/redis-check-rdb",
		"/usr/lib/gcc/x86_64-linux-gnu/12/cc1",
	};

	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			file_check(argv[i], 0);
		return nfailed != 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		file_check(files[i], 99.9);
	fast_check(files[0]);
	damaged_check("/lib64/ld-linux-x86-64.so.2", 400);
	damaged_check("/bin/true", 400);
	segment_check("/bin/true");
	return nfailed != 0;
}
