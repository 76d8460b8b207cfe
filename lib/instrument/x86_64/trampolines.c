/* Generates trampolines: code that counts, and displaced instructions. */
#include "counter/page.h"
#include "instrument/trampoline.h"
#include "instrument/x86_64/decode.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/size.h"

#include <stddef.h>
#include <string.h>

enum { PENDING_MAX = 16 };

static inline void put(struct emitter *em, const void *bytes, size_t n)
{
	if (em->room - em->n < n) {
		em->room = 2 * em->room + PAGE;
		em->buf = xrealloc(em->buf, em->room);
	}
	memcpy(em->buf + em->n, bytes, n);
	em->n += n;
}

static void put_u8(struct emitter *em, uint8_t v)
{
	put(em, &v, 1);
}

static void put_u32(struct emitter *em, uint32_t v)
{
	put(em, &v, 4);
}

/* Makes the rel32 at `at` refer to `to`; both are positions. */
static void rel_set(struct emitter *em, uint32_t at, uint32_t to)
{
	uint32_t rel = to - (at + 4);
	memcpy(em->buf + at, &rel, 4);
}

static void put_rel(struct emitter *em, uint32_t to)
{
	put_u32(em, to - (uint32_t)(em->n + 4));
}

/* Puts a rel32 at the end of an instruction that refers to an address in the image. */
static void put_rel_image(struct emitter *em, uint32_t to)
{
	*VEC_ADD(&em->jumps) = em->n;
	put_rel(em, to);
}

static void put_jump_image(struct emitter *em, uint32_t to)
{
	put_u8(em, 0xe9);
	put_rel_image(em, to);
}

/* Puts an instruction whose last bytes are an absolute address in the counter page. */
static void put_page(struct emitter *em, const char *bytes, size_t n, uint32_t addr)
{
	put(em, bytes, n);
	put_u32(em, addr);
}

#define SAVE_RAX(em) put_page(em, "\x48\x89\x04\x25", 4, COUNTER_SAVED_AT(0))
#define SAVE_RCX(em) put_page(em, "\x48\x89\x0c\x25", 4, COUNTER_SAVED_AT(1))
#define SAVE_R11(em) put_page(em, "\x4c\x89\x1c\x25", 4, COUNTER_SAVED_AT(2))
#define LOAD_RCX(em) put_page(em, "\x48\x8b\x0c\x25", 4, COUNTER_SAVED_AT(1))
#define LOAD_LEFT(em) put_page(em, "\x48\x8b\x0c\x25", 4, COUNTER_LEFT)
#define SAVE_LEFT(em) put_page(em, "\x48\x89\x0c\x25", 4, COUNTER_LEFT)

/* Notes that trampoline code from here on belongs to the instruction at `to`. */
static void put_origin(struct emitter *em, uint32_t to)
{
	if (em->origins.n && em->origins.v[em->origins.n - 1].from == em->n)
		em->origins.v[em->origins.n - 1].to = to;
	else
		*VEC_ADD(&em->origins) = (struct code_pair){em->n, to};
}

/* Copies the instruction unchanged. */
static void put_insn(struct rewrite *rw, const struct insn *in)
{
	struct emitter *em = &rw->em;
	uint32_t at = em->n;

	put(em, rw->img + in->addr, in->len);
	if (in->disp_off) {
		uint32_t disp = in->target - (at + in->len);
		memcpy(em->buf + at + in->disp_off, &disp, 4);
		*VEC_ADD(&em->fixups) = at + in->disp_off;
	}
}

void rewrite_emit_begin(struct rewrite *rw, bool first)
{
	struct emitter *em = &rw->em;

	em->stop_a = em->n;
	SAVE_RCX(em);
	em->stop_b = em->n;
	SAVE_R11(em);
	put(em, "\x0f\x05", 2); /* syscall */
	em->stop_end = em->n;
	put(em, "\x0f\x0b", 2); /* ud2 */
	if (!first)
		em->n = 0;
}

/* Puts a jump to a stop with a site's number. */
static void put_stop(struct emitter *em, uint32_t number, uint32_t stop)
{
	SAVE_RAX(em);
	put_u8(em, 0xb8); /* mov $number, %eax */
	put_u32(em, number);
	put_u8(em, 0xe9);
	*VEC_ADD(&em->stops) = em->n;
	put_rel(em, stop);
}

enum { STOP_NUMBER = -5 }; /* the number's place before the jump's rel32 */

static uint32_t site_number(struct rewrite *rw, const struct insn *in)
{
	struct code_site *s = VEC_ADD(&rw->em.sites);

	*s = (struct code_site){
		.site = in->addr, .target = in->target, .len = in->len, .kind = CODE_JUMP};
	if (in->type == INSN_CALL)
		s->kind = CODE_CALL;
	if (in->type == INSN_IJMP) {
		s->kind = CODE_INDIRECT;
		s->target = 0;
	}
	if (in->type == INSN_PLAIN || in->type == INSN_NOP) {
		s->kind = CODE_NEXT;
		s->target = in->addr + in->len;
	}
	if (in->type == INSN_HOOK) {
		s->kind = in->kind;
		s->target = in->addr + in->len;
		insn_result(rw, in, &s->reg, &s->size);
	}
	return rw->em.sites.n - 1;
}

static void put_tail(struct rewrite *rw, const struct insn *in, uint32_t number)
{
	struct emitter *em = &rw->em;

	em->sites.v[number].tail = em->n;
	if (in->type == INSN_IJMP) {
		put_insn(rw, in);
	} else {
		put_origin(em, in->target);
		put_jump_image(em, in->target);
	}
}

/* Puts code that subtracts an edge in rcx, which it saves, and changes no flags. */
static void put_subtraction(struct emitter *em)
{
	SAVE_RCX(em);
	LOAD_LEFT(em);
	put(em, "\x48\x8d\x89", 3); /* lea -COUNTER_TICK(%rcx), %rcx */
	put_u32(em, -COUNTER_TICK);
	SAVE_LEFT(em);
}

/* Puts code that counts and changes no flags. */
static void put_count_general(struct rewrite *rw, const struct insn *in, uint32_t number)
{
	struct emitter *em = &rw->em;

	put_subtraction(em);
	put(em, "\xe3", 2); /* jrcxz cold */
	uint32_t jump = em->n;
	LOAD_RCX(em);
	put_tail(rw, in, number);
	em->buf[jump - 1] = em->n - jump;
	put_origin(em, in->addr);
	put_stop(em, number, em->stop_b);
}

/* The same past an instruction; the trampoline continues with the next one. */
static void put_count_next_general(struct rewrite *rw, uint32_t number)
{
	struct emitter *em = &rw->em;

	put_subtraction(em);
	put(em, "\xe3\x02\xeb", 3); /* jrcxz over the next; jmp over the stop */
	uint32_t jump = em->n;
	put_u8(em, 0);
	put_stop(em, number, em->stop_b);
	em->buf[jump] = em->n - (jump + 1);
	em->sites.v[number].tail = em->n;
	LOAD_RCX(em);
}

/* Puts code that counts where the arithmetic flags are dead. */
static void put_cheap(struct rewrite *rw, const struct insn *in, uint32_t number)
{
	struct emitter *em = &rw->em;

	em->sites.v[number].reg = 1;
	rw->rep->cheap++;
	put_page(em, "\x48\x81\x2c\x25", 4, COUNTER_LEFT); /* subq $COUNTER_TICK, COUNTER_LEFT */
	put_u32(em, COUNTER_TICK);
	put(em, "\x0f\x84", 2); /* jz cold */
	*VEC_ADD(&em->colds) = (struct cold){.jump = em->n, .number = number, .site = in->addr};
	put_u32(em, 0);
}

static void put_count_cheap(struct rewrite *rw, const struct insn *in, uint32_t number)
{
	put_cheap(rw, in, number);
	put_tail(rw, in, number);
}

static void put_count(struct rewrite *rw, const struct insn *in)
{
	uint32_t number = site_number(rw, in);

	if (rewrite_flags_dead(rw, in))
		put_count_cheap(rw, in, number);
	else
		put_count_general(rw, in, number);
}

static void put_count_next(struct rewrite *rw, const struct insn *in)
{
	uint32_t number = site_number(rw, in);

	if (rewrite_flags_dead(rw, in)) {
		put_cheap(rw, in, number);
		rw->em.sites.v[number].tail = rw->em.n;
	} else {
		put_count_next_general(rw, number);
	}
}

static void put_hook(struct rewrite *rw, const struct insn *in)
{
	uint32_t number = site_number(rw, in);

	put_stop(&rw->em, number, rw->em.stop_a);
	rw->em.sites.v[number].tail = rw->em.n;
}

#define LINE 64 /* bytes of a cache line */
#define COUNT_CHEAP_LEN 23

uint32_t rewrite_emit_count(struct rewrite *rw, const struct insn *in)
{
	while (rw->em.n % LINE + COUNT_CHEAP_LEN > LINE)
		put_u8(&rw->em, 0xcc);
	uint32_t at = rw->em.n;

	put_origin(&rw->em, in->addr);
	put_count(rw, in);
	return at;
}

/* Conditional jumps of a group whose counting code comes after the group. */
struct pending {
	struct insn insn[PENDING_MAX];
	uint32_t rel[PENDING_MAX];
	unsigned n;
};

static uint8_t condition(const struct rewrite *rw, const struct insn *in)
{
	return rw->img[in->addr + in->rel_off - 1] & 0x0f;
}

/* Whether a displaced jump is counted. */
static bool jump_counts(const struct rewrite *rw, const struct insn *in)
{
	return insn_is_site(in) || rewrite_to_stub(rw, in);
}

static void put_target(struct rewrite *rw, const struct insn *in, struct pending *pending)
{
	if (!jump_counts(rw, in)) {
		put_rel_image(&rw->em, in->target);
		return;
	}
	pending->insn[pending->n] = *in;
	pending->rel[pending->n++] = rw->em.n;
	put_u32(&rw->em, 0);
}

/* Puts a conditional jump that is not the last instruction of its group. */
static void put_conditional(struct rewrite *rw, const struct insn *in, struct pending *pending)
{
	struct emitter *em = &rw->em;

	if (in->type == INSN_JCC) {
		put_u8(em, 0x0f);
		put_u8(em, 0x80 | condition(rw, in));
	} else {
		put(em, rw->img + in->addr, in->rel_off);
		put(em, "\x02\xeb\x05\xe9", 4); /* over the next; jmp over the one after it; jmp */
	}
	put_target(rw, in, pending);
}

static bool is_counted_next(const struct rewrite *rw, const struct insn *in)
{
	size_t i = rewrite_site_find(rw, in->addr);

	return i < rw->sites.n && rw->sites.v[i].addr == in->addr &&
	       rw->sites.v[i].kind == CODE_NEXT;
}

/* Puts one instruction of a group that ends at `end`. True: code continues after it. */
static bool put_moved(struct rewrite *rw, const struct insn *in, uint32_t end,
		      struct pending *pending)
{
	struct emitter *em = &rw->em;

	switch (in->type) {
	case INSN_JCC:
		if (jump_counts(rw, in) && in->addr + in->len == end) {
			put_u8(em, 0x0f);
			put_u8(em, 0x80 | (condition(rw, in) ^ 1));
			put_rel_image(em, end);
			put_count(rw, in);
			return false;
		}
		/* fall through */
	case INSN_LOOP: put_conditional(rw, in, pending); return true;
	case INSN_JMP:
		if (jump_counts(rw, in))
			put_count(rw, in);
		else
			put_jump_image(em, in->target);
		return false;
	case INSN_IJMP: put_count(rw, in); return false;
	case INSN_HOOK: put_hook(rw, in); return true;
	default:
		put_insn(rw, in);
		if (is_counted_next(rw, in))
			put_count_next(rw, in);
		return in->type != INSN_RET;
	}
}

uint32_t rewrite_emit_group(struct rewrite *rw, uint32_t start, uint32_t end)
{
	struct emitter *em = &rw->em;
	struct pending pending = {.n = 0};
	uint32_t begin = em->n;
	bool goes_on = true;
	struct insn in;

	for (uint32_t at = start; at < end && insn_decode(rw, at, end, &in); at += in.len) {
		*VEC_ADD(&em->moved) =
			(struct code_pair){at, em->n | (at == start ? CODE_START : 0)};
		put_origin(em, at);
		goes_on = put_moved(rw, &in, end, &pending);
	}
	if (goes_on) {
		put_origin(em, end);
		put_jump_image(em, end);
	}
	for (unsigned i = 0; i < pending.n; i++) {
		rel_set(em, pending.rel[i], em->n);
		put_origin(em, pending.insn[i].addr);
		put_count(rw, &pending.insn[i]);
	}
	return begin;
}

void rewrite_emit_finish(struct rewrite *rw)
{
	struct emitter *em = &rw->em;

	for (size_t i = 0; i < em->colds.n; i++) {
		const struct cold *c = &em->colds.v[i];
		rel_set(em, c->jump, em->n);
		put_origin(em, c->site);
		put_stop(em, c->number, em->stop_a);
	}
	while (em->n % LINE)
		put_u8(em, 0xcc);
	free(em->colds.v);
	memset(&em->colds, 0, sizeof(em->colds));
	em->room = em->n;
	em->buf = xrealloc(em->buf, em->room); /* other parts need memory, too */
	rewrite_sort(em->entries.v, em->entries.n, sizeof(*em->entries.v),
		     offsetof(struct code_pair, from));
	rewrite_sort(em->moved.v, em->moved.n, sizeof(*em->moved.v),
		     offsetof(struct code_pair, from));
}

/* Adds to the 32 bits at `at`. */
static void add_at(struct emitter *em, uint32_t at, uint32_t value)
{
	uint32_t v;

	memcpy(&v, em->buf + at, 4);
	v += value;
	memcpy(em->buf + at, &v, 4);
}

static const struct code_pair *entry_find(const struct rewrite *rw, const struct emit_place *place,
					  uint32_t addr)
{
	if (addr >= rw->len || !bit_get(rw->taken, addr))
		return NULL;
	size_t at = ARRAY_SEARCH(i, place->nentries, place->entries[i].from >= addr);
	return at < place->nentries && place->entries[at].from == addr ? &place->entries[at] : NULL;
}

/* Jumps to instructions that only jump back to trampolines go there at once. */
static void jumps_place(struct rewrite *rw, const struct emit_place *place)
{
	struct emitter *em = &rw->em;
	uint32_t rel;

	for (size_t i = 0; i < em->jumps.n; i++) {
		uint32_t at = em->jumps.v[i];
		memcpy(&rel, em->buf + at, 4);
		const struct code_pair *to = entry_find(rw, place, rel + at + 4);
		if (to)
			rel_set(em, at, to->to - place->base);
		else
			add_at(em, at, -(place->base + (uint32_t)place->tramp_addr));
	}
}

void rewrite_emit_place(struct rewrite *rw, const struct emit_place *place)
{
	struct emitter *em = &rw->em;

	jumps_place(rw, place);
	for (size_t i = 0; i < em->fixups.n; i++)
		add_at(em, em->fixups.v[i], -(place->base + (uint32_t)place->tramp_addr));
	for (size_t i = 0; i < em->stops.n; i++) {
		add_at(em, em->stops.v[i], -place->base);
		add_at(em, em->stops.v[i] + STOP_NUMBER, place->site);
	}
	for (size_t i = 0; i < em->origins.n; i++)
		em->origins.v[i].from += place->base;
	for (size_t i = 0; i < em->moved.n; i++)
		em->moved.v[i].to += place->base;
	for (size_t i = 0; i < em->sites.n; i++)
		em->sites.v[i].tail += place->base;
}

void rewrite_text_patch_jump(struct rewrite *rw, uint32_t addr, uint32_t to)
{
	rewrite_text_patch(rw, addr, "\xe9", 1);
	rewrite_text_patch_rel(rw, addr + 1, to);
}

bool trampoline_jump_at(const uint8_t *bytes, uint64_t pc, uint64_t *to)
{
	int32_t rel;

	if (*bytes != 0xe9)
		return false;
	memcpy(&rel, bytes + 1, sizeof(rel));
	*to = pc + JUMP_LEN + (uint64_t)(int64_t)rel;
	return true;
}
