/* Sites without room for a long jump: a short jump goes to an island, five bytes nearby with a long
 * jump. */
#include "instrument/x86_64/decode.h"

#include <string.h>

enum {
	SHORT_LEN = 2,
	REACH = 128,
	VICTIM_INSNS = 6,
	VICTIM_LEN = 2 * JUMP_LEN,
	NOP_LEN = 2 + JUMP_LEN
};

void rewrite_spare_find(struct rewrite *rw)
{
	struct insn in;

	for (size_t i = 0; i < rw->pads.n; i++) {
		uint32_t at = rw->pads.v[i];
		if (bit_get(rw->target, at) || !insn_decode(rw, at, rw->len, &in) ||
		    !rewrite_range_free(rw, at, at + in.len))
			continue;
		for (unsigned k = 0; k < in.len; k++)
			bit_set(rw->spare, at + k);
	}
}

/* The short jump of a site: from `next` it reaches [low, high]. If the site itself is a short jump,
 * only its displacement changes, so a jump that is not taken costs nothing. */
struct hop {
	uint32_t next, low, high;
	bool keep;
};

static struct hop hop_of(const struct rewrite *rw, const struct insn *in)
{
	struct hop h = {.keep = in->rel_size == 1};

	h.next = h.keep ? in->addr + in->len : in->addr + 2;
	h.low = h.next > rw->from + REACH ? h.next - REACH : rw->from;
	h.high = h.next + REACH - 1;
	if (h.high > rw->to - JUMP_LEN)
		h.high = rw->to - JUMP_LEN;
	return h;
}

/* Five free bytes within reach; 0: none. */
static uint32_t slot_find(const struct rewrite *rw, const struct hop *h)
{
	for (uint32_t at = h->low; at <= h->high;) {
		uint32_t end = rewrite_spare_end(rw, at, at + JUMP_LEN);
		if (end - at == JUMP_LEN)
			return at;
		at = end + 1;
	}
	return 0;
}

/* Instructions from `start` on whose place has room for a jump to their trampoline and an
 * island. */
static bool victim_plan(const struct rewrite *rw, uint32_t start, struct plan *p)
{
	const struct func *f = rewrite_func_at(rw, start);
	uint32_t end = start;
	unsigned count = 0;
	bool goes_on = true;
	struct insn in;

	if (!f || f->opaque || !rewrite_range_free(rw, start, start + JUMP_LEN))
		return false;
	while (end - start < VICTIM_LEN && goes_on) {
		if (++count > VICTIM_INSNS || (end != start && bit_get(rw->target, end)) ||
		    !insn_decode(rw, end, f->end, &in) || !insn_movable(rw, &in))
			return false;
		end += in.len;
		goes_on = insn_goes_on(&in);
	}
	uint32_t fill =
		end - start < VICTIM_LEN ? rewrite_spare_end(rw, end, start + VICTIM_LEN) : end;
	if (fill - start < VICTIM_LEN || end - start < JUMP_LEN ||
	    !rewrite_range_free(rw, start, end))
		return false;
	*p = (struct plan){.start = start, .end = end, .fill = fill, .cost = count};
	return true;
}

/* A long nop that is executed becomes a short jump over bytes that are then free. */
static bool nop_plan(const struct rewrite *rw, uint32_t start, struct plan *p)
{
	const struct func *f = rewrite_func_at(rw, start);
	struct insn in;

	if (!f || f->opaque || !insn_decode(rw, start, f->end, &in) || in.type != INSN_NOP ||
	    in.len < NOP_LEN || !rewrite_range_free(rw, start, start + in.len))
		return false;
	*p = (struct plan){
		.start = start, .end = start + in.len, .fill = start + in.len, .cost = 0};
	return true;
}

static void nop_apply(struct rewrite *rw, const struct plan *p)
{
	uint8_t jump[2] = {0xeb, p->end - p->start - 2};

	rewrite_text_patch(rw, p->start, jump, 2);
	rewrite_range_take(rw, p->start, p->end);
	rewrite_bytes_free(rw, p->start + 2, p->end);
}

/* Makes room for an island within reach, at the lowest cost: few instructions, and not in the
 * site's loop. */
static uint32_t slot_make(struct rewrite *rw, const struct hop *h, const struct insn *site)
{
	struct plan p, best = {.cost = UINT32_MAX};
	bool nop = false;

	for (uint32_t at = h->low > rw->from + JUMP_LEN ? h->low - JUMP_LEN : rw->from;
	     at < h->high; at++) {
		at = bits_next(rw->start, at, h->high);
		if (at == h->high || !best.cost)
			break;
		if (!rewrite_range_free(rw, at, at + JUMP_LEN))
			continue;
		bool is_nop = nop_plan(rw, at, &p);
		if (!is_nop && !victim_plan(rw, at, &p))
			continue;
		uint32_t slot = at + (is_nop ? 2 : JUMP_LEN);
		if (slot < h->low || slot > h->high ||
		    (p.start < site->addr + site->len && p.fill > site->addr))
			continue;
		if (!is_nop && at >= site->target && at < site->addr)
			p.cost += VICTIM_INSNS;
		if (p.cost < best.cost) {
			best = p;
			nop = is_nop;
		}
	}
	if (best.cost == UINT32_MAX)
		return 0;
	nop ? nop_apply(rw, &best) : rewrite_group_apply(rw, &best, TACTIC_GROUP);
	return slot_find(rw, h);
}

void rewrite_island(struct rewrite *rw, struct site *s)
{
	const struct func *f = rewrite_func_at(rw, s->addr);
	struct insn in;

	if (!f || s->unreached || !insn_decode(rw, s->addr, f->end, &in) || in.odd ||
	    in.rel_size == 4 || in.len < SHORT_LEN || !insn_movable(rw, &in) ||
	    !rewrite_range_free(rw, in.addr, in.addr + in.len))
		return;
	struct hop h = hop_of(rw, &in);
	uint32_t slot = slot_find(rw, &h);
	if (!slot)
		slot = slot_make(rw, &h, &in);
	if (!slot)
		return;
	uint32_t to = h.keep ? rewrite_emit_count(rw, &in)
			     : rewrite_emit_group(rw, in.addr, in.addr + in.len);
	uint8_t jump[2] = {0xeb, slot - h.next};
	if (h.keep)
		rewrite_text_patch(rw, h.next - 1, &jump[1], 1);
	else
		rewrite_text_patch(rw, in.addr, jump, 2);
	rewrite_range_take(rw, in.addr, in.addr + in.len);
	if (!h.keep)
		rewrite_text_fill(rw, in.addr + 2, in.addr + in.len);
	rewrite_text_patch_jump(rw, slot, to);
	rewrite_range_take(rw, slot, slot + JUMP_LEN);
	rewrite_sites_done(rw, in.addr, in.addr + in.len, TACTIC_ISLAND);
	s->hop = h.keep ? slot : 0;
}

/* A jump within reach that counts and goes to the site's target. */
static uint32_t hop_find(const struct rewrite *rw, const struct hop *h, const struct site *s)
{
	for (size_t i = rewrite_site_find(rw, h->low);
	     i < rw->sites.n && rw->sites.v[i].addr <= h->high; i++) {
		const struct site *other = &rw->sites.v[i];
		if (other->hop && other->target == s->target && other->hop >= h->low &&
		    other->hop <= h->high)
			return other->hop;
	}
	return 0;
}

static bool hop_share(struct rewrite *rw, struct site *s)
{
	const struct func *f = rewrite_func_at(rw, s->addr);
	struct insn in;

	if (!f || s->unreached || !insn_decode(rw, s->addr, f->end, &in) || in.odd ||
	    in.rel_size != 1 || !insn_movable(rw, &in) ||
	    !rewrite_range_free(rw, in.addr, in.addr + in.len))
		return false;
	struct hop h = hop_of(rw, &in);
	uint32_t to = hop_find(rw, &h, s);
	if (!to)
		return false;
	uint8_t rel = to - h.next;
	rewrite_text_patch(rw, h.next - 1, &rel, 1);
	rewrite_range_take(rw, in.addr, in.addr + in.len);
	rewrite_sites_done(rw, in.addr, in.addr + in.len, TACTIC_ISLAND);
	s->hop = in.type == INSN_JMP ? in.addr : to;
	return true;
}

void rewrite_hops_share(struct rewrite *rw)
{
	bool more = true;

	for (unsigned round = 0; more && round < 8; round++) {
		more = false;
		for (size_t i = 0; i < rw->sites.n; i++)
			if (!rw->sites.v[i].done)
				more |= hop_share(rw, &rw->sites.v[i]);
	}
}
