/* Advances registers from anywhere in a trampoline to the next instruction of the original program,
 * by emulating the rest of the trampoline's code on the registers and the counter page.
 *
 * A task that is being killed executes nothing more, and a replay cannot stop at a place in the
 * middle of counting.
 */
#include "arch/insn.h"
#include "arch/x86_64/regs.h"
#include "instrument/image.h"
#include "instrument/trampoline.h"
#include "util/size.h"

#include <string.h>

enum op { OP_STORE, OP_LOAD, OP_COUNT_REG, OP_COUNT, OP_NUMBER, OP_JUMP, OP_JUMP_ZERO, OP_STOP };

/* All instructions that trampolines.c puts between two of the program's. */
static const struct form {
	const char *bytes;
	uint8_t len;     /* number of fixed bytes */
	uint8_t operand; /* bytes of the signed little-endian operand that follows */
	uint8_t extra;   /* bytes after those */
	uint8_t op;
	uint8_t reg;
} forms[] = {
	{"\x48\x89\x04\x25", 4, 4, 0, OP_STORE, R_RAX},
	{"\x48\x89\x0c\x25", 4, 4, 0, OP_STORE, R_RCX},
	{"\x4c\x89\x1c\x25", 4, 4, 0, OP_STORE, R_R11},
	{"\x48\x8b\x0c\x25", 4, 4, 0, OP_LOAD, R_RCX},
	{"\x48\x8d\x89", 3, 4, 0, OP_COUNT_REG, R_RCX},
	{"\x48\x81\x2c\x25", 4, 4, 4, OP_COUNT, 0},
	{"\xb8", 1, 4, 0, OP_NUMBER, R_RAX},
	{"\xe9", 1, 4, 0, OP_JUMP, 0},
	{"\xeb", 1, 1, 0, OP_JUMP, 0},
	{"\xe3", 1, 1, 0, OP_JUMP_ZERO, R_RCX},
	{"\x0f\x84", 2, 4, 0, OP_JUMP_ZERO, R_EFLAGS},
	{"\x0f\x05", 2, 0, 0, OP_STOP, 0},
};

static const struct form *form_at(const uint8_t *code, size_t room, int64_t *operand)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const struct form *f = &forms[i];
		int32_t v = 0;
		if (room < (size_t)f->len + f->operand + f->extra ||
		    memcmp(code, f->bytes, f->len) != 0)
			continue;
		memcpy(&v, code + f->len, f->operand);
		*operand = f->operand == 1 ? (int8_t)v : v;
		return f;
	}
	return NULL;
}

/* The word of the counter page at that address; NULL: there is none. */
static uint64_t *page_word(struct counter_page *page, int64_t addr)
{
	uint64_t at = (uint64_t)addr - COUNTER_PAGE;

	return at < sizeof(*page) && at % 8 == 0 ? (uint64_t *)((char *)page + at) : NULL;
}

#define FLAG_ZERO 0x40u

/* Emulates one of those instructions. False: it is none of them. */
static bool execute(const uint8_t *code, size_t room, struct trace_regs *g,
		    struct counter_page *page)
{
	int64_t operand = 0;
	const struct form *f = form_at(code, room, &operand);

	if (!f)
		return false;
	uint64_t *word = page_word(page, operand), *reg = &g->r[f->reg];
	ARCH_PC(g) += (uint64_t)f->len + f->operand + f->extra;
	switch ((enum op)f->op) {
	case OP_STORE:
	case OP_LOAD:
		if (!word)
			return false;
		*(f->op == OP_STORE ? word : reg) = f->op == OP_STORE ? *reg : *word;
		break;
	case OP_COUNT_REG: *reg += (uint64_t)operand; break;
	case OP_COUNT:
		page->left -= COUNTER_TICK;
		trampoline_set_flags(g);
		if (!page->left)
			g->r[R_EFLAGS] |= FLAG_ZERO;
		break;
	case OP_NUMBER: *reg = (uint32_t)operand; break;
	case OP_JUMP: ARCH_PC(g) += (uint64_t)operand; break;
	case OP_JUMP_ZERO:
		if (f->reg == R_EFLAGS ? *reg & FLAG_ZERO : !*reg)
			ARCH_PC(g) += (uint64_t)operand;
		break;
	case OP_STOP: ARCH_SYSNO(g) = g->r[R_RAX]; break;
	}
	return true;
}

/* The trampoline code at pc, from the code file. NULL: pc is in no trampoline. */
static const uint8_t *code_at(const struct code_places *p, uint64_t pc, size_t *room)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct code_place *c = &p->v[i];
		const struct code_header *h = c->img->h;
		uint64_t at = pc - code_place_tramp(c);
		if (at < h->tramp_len) {
			*room = h->tramp_len - at;
			return (const uint8_t *)h + h->tramp_off + at;
		}
	}
	struct code_run run;
	if (!code_next_run(p, pc, pc + TRAMPOLINE_JUMP, &run) || run.start != pc)
		return NULL;
	*room = run.len;
	return run.bytes;
}

static bool is_stop(const struct code_places *p, const struct trace_regs *g)
{
	return ARCH_SYSNO(g) != (uint64_t)-1 && code_at_stop_code(p, ARCH_PC(g));
}

bool code_settle(const struct code_places *p, struct trace_regs *g, struct soft_task *count,
		 int (*read)(void *, uint64_t, void *, size_t), void *ctx)
{
	struct counter_page *page = &count->page;
	struct trace_regs at = *g;
	const struct code_site *site;
	bool settled = false;

	ARCH_SYSNO(&at) = (uint64_t)-1;
	for (int i = 0; i < CODE_BETWEEN_MAX && !settled; i++) {
		size_t room = 0;
		if (is_stop(p, &at)) {
			const uint64_t saved[COUNTER_SAVED] = {page->saved[0], page->saved[1],
							       page->saved[2]};
			if (!code_at_stop(p, &at, saved, read, ctx, &site))
				return false;
			settled = true;
		} else if (code_at_insn(p, ARCH_PC(&at))) {
			ARCH_PC(&at) = code_origin(p, ARCH_PC(&at));
			settled = true;
		} else {
			const uint8_t *code = code_at(p, ARCH_PC(&at), &room);
			if (!code)
				return false;
			if (execute(code, room, &at, page))
				continue;
			uint64_t to =
				arch_jump_target(code, room < ARCH_INSN_MAX ? room : ARCH_INSN_MAX,
						 ARCH_PC(&at), &at, read, ctx);
			settled = !to; /* if the jump will fault, the task must execute it */
			if (to)
				ARCH_PC(&at) = to;
		}
	}
	if (!settled)
		return false;
	*g = at;
	soft_count(count);
	return true;
}
