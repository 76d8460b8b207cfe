/* The state of rewriting one ELF file. Private to lib/instrument.
 *
 * Addresses are offsets from the file's lowest page ("lo"). `img` holds the file's segments where
 * they would be loaded, so that everything is read at its address. Code is patched in copies of the
 * segments, never in `img`.
 */
#ifndef RR_REWRITE_H
#define RR_REWRITE_H

#include "instrument/instrument.h"
#include "util/array.h"

#include <elf.h>
#include <stdlib.h>

/* A growing array. VEC_ADD adds an element, and evaluates to it. */
#define VEC(type) \
	struct { \
		type *v; \
		size_t n; \
	}
#define VEC_ADD(vec) ARRAY_ADD((vec)->v, (vec)->n)

/* One bit for every byte of the image. */
typedef uint64_t *bits;

static inline bool bit_get(const uint64_t *b, uint32_t i)
{
	return b[i / 64] >> (i % 64) & 1;
}

/* Sets bits of a word in which another thread may set bits. */
static inline void word_set(uint64_t *word, uint64_t mask)
{
	if (mask & ~__atomic_load_n(word, __ATOMIC_RELAXED))
		__atomic_fetch_or(word, mask, __ATOMIC_RELEASE);
}

static inline void bit_set(uint64_t *b, uint32_t i)
{
	word_set(&b[i / 64], 1ull << (i % 64));
}

/* The same for a map in which only one part sets bits of that word. */
static inline void bit_set_own(uint64_t *b, uint32_t i)
{
	b[i / 64] |= 1ull << (i % 64);
}

/* The first bit in [i, end) that is set in both; `end` if there is none. */
static inline uint32_t bits_next_both(const uint64_t *a, const uint64_t *b, uint32_t i,
				      uint32_t end)
{
	while (i < end) {
		uint64_t w = (a[i / 64] & b[i / 64]) >> (i % 64);
		if (w) {
			i += (uint32_t)__builtin_ctzll(w);
			return i < end ? i : end;
		}
		i = (i | 63) + 1;
	}
	return end;
}

static inline uint32_t bits_next(const uint64_t *b, uint32_t i, uint32_t end)
{
	return bits_next_both(b, b, i, end);
}

/* The bits of word `word` that are in [start, end). */
static inline uint64_t bits_mask(uint32_t word, uint32_t start, uint32_t end)
{
	uint64_t mask = ~0ull;

	if (start / 64 == word)
		mask <<= start % 64;
	if (end / 64 == word)
		mask &= ~(~0ull << (end % 64));
	return mask;
}

static inline void bits_set(uint64_t *b, uint32_t start, uint32_t end)
{
	for (uint32_t w = start / 64; start < end && w <= (end - 1) / 64; w++)
		word_set(&b[w], bits_mask(w, start, end));
}

static inline void bits_clear(uint64_t *b, uint32_t start, uint32_t end)
{
	for (uint32_t w = start / 64; start < end && w <= (end - 1) / 64; w++)
		if (b[w] & bits_mask(w, start, end))
			b[w] &= ~bits_mask(w, start, end);
}

struct range {
	uint32_t start, end;
};

struct func {
	uint32_t start, end;
	uint32_t refs_from, refs_to; /* its part of `refs`: what it names */
	bool left : 1;               /* could not be decoded: none of its instructions is known */
	bool opaque : 1;             /* has opaque jumps: no instruction is displaced */
	bool orphans : 1;            /* has instructions that nothing seems to reach */
	bool falls : 1;              /* continues past its end */
	bool indirect : 1;           /* has an indirect jump */
	bool jumps : 1;              /* has an indirect jump by register */
	bool own_lea : 1;            /* computes an address inside itself */
	bool tables : 1;             /* has tables of distances from such an address */
	/* tables were searched; what begins in the function and what it names does not change any
	 * more */
	bool looked : 1;
	bool dead : 1; /* flags are dead at all its labels */
	/* no table says that it begins there: accepted only if all of it decodes */
	bool sweep : 1;
	bool stub : 1; /* see stubs.c */
};

struct site {
	uint32_t addr;
	uint32_t target; /* see struct code_site */
	/* JUMP: code that counts and then goes to the same target; 0: none */
	uint32_t hop;
	uint8_t len, kind;
	uint8_t tactic; /* done */
	bool done : 1;
	bool unreached : 1; /* nothing seems to go there, so it may be no code */
	const char *why;    /* not done */
};

/* An executable segment, and its rewritten bytes. */
struct text {
	uint32_t start, end; /* the bytes that are in the file */
	struct code_segment seg;
	uint8_t *out;
};

/* The code from a count to its stop, apart from the hot code. */
struct cold {
	uint32_t jump; /* the jump's rel32 in buf */
	uint32_t number;
	uint32_t site;
};

/* Trampolines, and displaced instructions in the order of their code. Positions and the numbers of
 * sites count from the first of the part. */
struct emitter {
	uint8_t *buf;
	size_t n, room;
	/* 32-bit displacements in buf that lack the distance between trampolines and image */
	VEC(uint32_t) fixups;
	VEC(uint32_t) jumps;           /* the same, of jumps into the image */
	VEC(struct code_pair) entries; /* image addresses with a jump into buf, and its target */
	VEC(struct cold) colds;
	VEC(uint32_t)
	stops; /* the rel32 of jumps to the stop code, of which the first part has the
		  only one */
	VEC(struct code_pair) origins, moved;
	VEC(struct code_site) sites;
	uint32_t stop_a, stop_b, stop_end;
};

struct rewrite {
	/* the addresses that this one rewrites: all, or those of one part */
	uint32_t from, to;
	uint8_t *img;
	uint64_t lo, len;
	bool fixed; /* ET_EXEC */
	int fd;
	uint64_t file_len;
	Elf64_Ehdr eh;
	struct range loads[64]; /* the parts of the image that come from the file */
	unsigned nloads;
	struct text texts[CODE_SEGMENTS];
	unsigned ntexts;
	Elf64_Phdr *ph;
	Elf64_Shdr *sh; /* NULL: none, or invalid */
	char *shstr;
	size_t shstr_len;
	struct insn_decoders *decoders; /* the machine's */

	bits start, target; /* begins an instruction; may be jumped to */
	bits flow;          /* begins a jump, a call, or an instruction that never continues */
	bits label;         /* targets that data or a computed address names */
	/* targets that are certainly code: all but those that only a `lea` names */
	bits strong;
	bits taken, spare;      /* rewritten; free to hold anything */
	bits flags_known, dead; /* whether that is known, and whether flags are dead there */
	struct range plts[8];
	unsigned nplts;
	VEC(struct range) sections; /* executable ones; without section headers, segments */
	VEC(struct func) funcs;
	uint32_t *func_index; /* see rewrite_funcs_index() */
	VEC(struct site) sites;
	VEC(uint32_t) syscalls;
	VEC(uint32_t) blocks; /* instructions after one that never continues to them */
	VEC(uint32_t) jumps;  /* targets in the function that is being decoded */
	VEC(uint32_t) pads;   /* possible starts of padding that nothing reaches */
	VEC(uint32_t) refs;   /* data that code names, which may be jump tables */
	/* 32-bit displacements in texts that lack the same distance */
	VEC(uint32_t) text_patches;
	struct emitter em; /* of a part */
	struct instrument_report *rep;
	/* flags are live at some function's label, and another function may set them */
	bool foreign_live;
	uint64_t budget; /* limit of work that a damaged file could make endless */
	const char *why;
	int error; /* errno, if a failure of this process is the reason; it says nothing about the
		      file */
};

static inline void target_mark(struct rewrite *rw, uint32_t addr)
{
	bit_set(rw->target, addr);
	bit_set(rw->strong, addr);
}

/* Marks a target that is named by something other than a direct jump or call. */
static inline void label_mark(struct rewrite *rw, uint32_t addr)
{
	target_mark(rw, addr);
	bit_set(rw->label, addr);
}

/* The same, for an address that may be data. */
static inline void address_mark(struct rewrite *rw, uint32_t addr)
{
	bit_set(rw->target, addr);
	bit_set(rw->label, addr);
}

/* The order matters to insn_is_flow(). */
enum insn_type {
	INSN_PLAIN, /* can be displaced */
	INSN_NOP,   /* the same, and does nothing */
	INSN_JCC,
	INSN_LOOP, /* a conditional jump with a short displacement only */
	INSN_JMP,
	INSN_CALL,
	INSN_IJMP,
	INSN_ICALL,
	INSN_RET,
	/* never continues: illegal instructions, and breakpoints, after which only a debugger or
	 * handler continues */
	INSN_TRAP,
	INSN_SYSCALL,
	INSN_HOOK,
	INSN_FIXED /* cannot be displaced */
};

struct insn {
	uint32_t addr;
	uint8_t len, type;
	uint8_t kind;     /* INSN_HOOK */
	uint8_t disp_off; /* offset of the 32-bit displacement relative to the program counter; 0:
			     none */
	uint8_t rel_off, rel_size;
	/* a direct jump or call with prefixes whose meaning differs between processors */
	bool odd;
	bool lea; /* it only computes the address of its operand relative to the program counter */
	bool reg_jump;  /* INSN_IJMP by register */
	int64_t target; /* of a direct jump or call; of the operand relative to the program counter
			 */
	uint8_t abs_off[2]; /* ET_EXEC: offsets of 32-bit values that may be addresses; 0: none */
	/* below INSN_FORMS: instructions of one form read and write the same arithmetic flags; 0:
	 * not known */
	uint16_t form;
};

#define INSN_FORMS (2 * 256 * 8 + 1)

/* elf.c: reads the file into the image. 1, and sets `why`, if it is not suitable. */
int rewrite_elf_load(struct rewrite *rw, int fd);
/* To be called when all sites are known: frees what is needed no more, the image outside of texts
 * among it. */
void rewrite_elf_trim(struct rewrite *rw);
void rewrite_elf_free(struct rewrite *rw);
/* Fills the copy of the text in [from, to). */
void rewrite_text_copy(struct rewrite *rw, uint32_t from, uint32_t to);
/* Fills sections. */
void rewrite_elf_sections(struct rewrite *rw);
bool rewrite_in_text(const struct rewrite *rw, int64_t addr);
uint64_t rewrite_elf_u64(const struct rewrite *rw, uint64_t addr);
/* A section's bytes from the file, malloc'd. NULL: there are none. */
void *rewrite_section_read(struct rewrite *rw, const Elf64_Shdr *sh, size_t max, size_t *len);
const char *rewrite_section_name(const struct rewrite *rw, const Elf64_Shdr *sh);

/* symbols.c */
void rewrite_symbols_mark(struct rewrite *rw);
void rewrite_symbols_funcs(struct rewrite *rw);
/* go_table.c: adds the functions of a Go program's table. */
void rewrite_go_table_funcs(struct rewrite *rw);
void rewrite_relocs_mark(struct rewrite *rw);

/* frames.c: function ranges and landing pads. */
void rewrite_frames_read(struct rewrite *rw);

/* functions.c: makes one sorted list of functions without overlaps from frames, symbols and
 * sections. */
void rewrite_funcs_find(struct rewrite *rw);
/* Whether the address is in the procedure linkage table. */
bool rewrite_in_plt(const struct rewrite *rw, uint32_t addr);
/* To be called when the list of functions has changed, before rewrite_func_at(). */
void rewrite_funcs_index(struct rewrite *rw);
/* NULL: none. */
struct func *rewrite_func_at(const struct rewrite *rw, uint32_t addr);
/* Sorts the functions and cuts overlaps: the end of one is at most the start of the next. */
void rewrite_funcs_order(struct rewrite *rw);
/* Decodes all functions. Fills start, target and sites. */
void rewrite_funcs_decode(struct rewrite *rw);
void rewrite_func_decode(struct rewrite *rw, struct func *f);
/* For bytes in which the starts of instructions are not known: marks all possible jump targets. */
void rewrite_bytes_mark(struct rewrite *rw, uint32_t start, uint32_t end);
/* untabled_code.c: finds and decodes functions that neither frames nor symbols name. The rest is
 * left alone. */
void rewrite_untabled_decode(struct rewrite *rw);
/* opaque_jumps.c: finds functions with opaque jumps, once all targets are known. */
void rewrite_opaque_find(struct rewrite *rw);
/* ARCH/patterns.c */
/* Whether an indirect jump of f goes only to labels. Marks those that it finds. */
bool rewrite_jump_explained(struct rewrite *rw, const struct func *f, uint32_t addr);
/* Whether the byte is a prefix that code sometimes jumps past. */
bool insn_is_skipped_prefix(uint8_t byte);
/* Whether the bytes look like the beginning of a compiled function. */
bool insn_is_prologue(const uint8_t *p);
/* The end of an entry of a linkage table that begins at addr: a jump by a pointer in memory. 0:
 * there is none. */
uint32_t insn_linkage_end(const struct rewrite *rw, uint32_t addr);

/* stubs.c */
/* Ends the function after its first jump, if it is a stub. */
void rewrite_stub_cut(const struct rewrite *rw, struct func *f);
/* Whether the function is a stub that is not rewritten: what leads to it is counted. */
bool rewrite_is_stub(const struct rewrite *rw, const struct func *f);
/* Whether the direct jump or call leads to such a stub. */
bool rewrite_to_stub(const struct rewrite *rw, const struct insn *in);

/* jump_tables.c: finds targets that only data names. */
bool rewrite_table_at(const struct rewrite *rw, uint32_t addr);
void rewrite_tables_mark(struct rewrite *rw);

/* ARCH/decode.c */
void insn_decoders_open(struct rewrite *rw);
void insn_decoders_close(struct rewrite *rw);
/* The instruction at addr, which must end before `end`. */
bool insn_decode(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in);
/* The instruction of f before addr, if it continues there. */
bool insn_before(const struct rewrite *rw, const struct func *f, uint32_t addr, struct insn *in);
/* Whether it is an instruction that linkers put between functions. */
bool insn_is_padding(const struct rewrite *rw, const struct insn *in);
bool insn_movable(const struct rewrite *rw, const struct insn *in);
static inline bool insn_goes_on(const struct insn *in)
{
	return in->type != INSN_JMP && in->type != INSN_IJMP && in->type != INSN_RET &&
	       in->type != INSN_TRAP;
}
/* Whether it is other than one that only continues to the next. */
static inline bool insn_is_flow(const struct insn *in)
{
	return in->type >= INSN_JCC && in->type <= INSN_TRAP;
}
static inline bool insn_backward(const struct insn *in)
{
	return in->target <= (int64_t)in->addr;
}
/* Whether the instruction is counted or emulated, as far as it alone says. */
bool insn_is_site(const struct insn *in);
static inline bool insn_is_jump(const struct insn *in)
{
	return in->type == INSN_JMP || in->type == INSN_JCC || in->type == INSN_LOOP;
}
/* For a nondeterministic instruction: the register that it sets, and how many bytes of it. */
void insn_result(const struct rewrite *rw, const struct insn *in, uint8_t *reg, uint8_t *size);

/* Instructions [start, end) that are displaced; [end, fill) is free. */
struct plan {
	uint32_t start, end, fill;
	unsigned cost;
};
enum { JUMP_LEN = 5 };

/* The first site at or after addr. */
size_t rewrite_site_find(const struct rewrite *rw, uint32_t addr);
/* sites.c: rewrites every site of a part that can be rewritten. */
void rewrite_sites(struct rewrite *rw);
void rewrite_sites_report(struct rewrite *rw);
/* ranges.c: notes that the sites in [start, end) are rewritten. */
void rewrite_sites_done(struct rewrite *rw, uint32_t start, uint32_t end, enum tactic tactic);
/* groups.c: the smallest group that contains the site. False: there is none. */
bool rewrite_group_plan(const struct rewrite *rw, const struct func *f, const struct insn *site,
			struct plan *best);
/* Replaces the group by a jump to its trampoline. */
void rewrite_group_apply(struct rewrite *rw, const struct plan *p, enum tactic tactic);
/* Whether nothing jumps strictly inside the range and no byte of it is rewritten. */
bool rewrite_range_free(const struct rewrite *rw, uint32_t start, uint32_t end);
/* Marks the range as rewritten and no longer free. */
void rewrite_range_take(struct rewrite *rw, uint32_t start, uint32_t end);
/* Fills the rest of a rewritten range, and marks it as free. */
void rewrite_bytes_free(struct rewrite *rw, uint32_t start, uint32_t end);
/* The end of the free bytes from addr on, at most `want`. */
uint32_t rewrite_spare_end(const struct rewrite *rw, uint32_t addr, uint32_t want);

/* ARCH/islands.c: marks bytes of the original that nothing reaches as free. */
void rewrite_spare_find(struct rewrite *rw);
/* Rewrites a site that has no room for a long jump even with its neighbours: by a short jump to a
 * long one. */
void rewrite_island(struct rewrite *rw, struct site *s);
/* Rewrites remaining sites that can use another site's code with the same target. */
void rewrite_hops_share(struct rewrite *rw);

/* ARCH/trampolines.c. All positions are offsets in em.buf. */
/* first: with the code that stops. */
void rewrite_emit_begin(struct rewrite *rw, bool first);
/* Emits code for the instructions of [start, end), which continues at `end`. Returns its
 * position. */
uint32_t rewrite_emit_group(struct rewrite *rw, uint32_t start, uint32_t end);
/* Emits code that counts a site, a direct jump or call that stays in place, and goes to its
 * target. */
uint32_t rewrite_emit_count(struct rewrite *rw, const struct insn *in);
/* Emits the rest, after all sites. */
void rewrite_emit_finish(struct rewrite *rw);
/* Completes the trampolines of a part, which will be at `base`, and whose first site has the number
 * `site`. `entries`: of all parts, with their final positions. tramp_addr: offset from lo. */
struct emit_place {
	uint32_t base, site;
	int64_t tramp_addr;
	const struct code_pair *entries;
	size_t nentries;
};
void rewrite_emit_place(struct rewrite *rw, const struct emit_place *place);

/* parts.c: runs of functions that threads work on at the same time. They do not depend on the
 * number of threads. */
struct part {
	struct rewrite rw; /* a copy; its arrays are the part's, but for `funcs` */
	struct instrument_report rep;
	size_t from, to;           /* functions */
	size_t sites_at, sites_to; /* their sites, and those before the next part */
	/* in the result: where its trampolines, sites and other tables begin */
	uint32_t base, site_base, origins_base, moved_base;
	size_t index;
};
struct parts {
	struct part *v;
	size_t n;
};
void rewrite_parts_make(struct rewrite *rw, struct parts *parts);
/* Calls fn for all parts, by several threads, and adds up what they report. */
void rewrite_parts_each(struct rewrite *rw, struct parts *parts,
			void (*fn)(struct part *p, void *ctx), void *ctx);
/* Appends an array of a part to another one. */
#define PARTS_APPEND(to, from) \
	((from).n ? (void)memcpy(ARRAY_ADD_N((to).v, (to).n, (from).n), (from).v, \
				 (from).n * sizeof(*(from).v)) \
		  : (void)0)
void rewrite_parts_free(struct parts *parts);

/* scc.c: edges sorted by `from`; scc[node] becomes the number of its component. */
struct edge {
	uint32_t from, to;
};
struct graph {
	uint32_t nnodes, nedges;
	const struct edge *edges;
};
void rewrite_scc_find(const struct graph *g, uint32_t *scc);
/* sort.c: sorts elements of `size` bytes by the uint32_t at offset `key`. Elements with equal keys
 * keep their order. */
void rewrite_sort(void *v, size_t n, size_t size, size_t key);
/* cycles.c: removes edges on no cycle, and adds what counts for indirect calls. */
void rewrite_cycles_find(struct rewrite *rw);

/* ARCH/flags_liveness.c: whether the arithmetic flags are dead at the target of the jump or
 * call. */
bool rewrite_flags_dead(struct rewrite *rw, const struct insn *in);
/* To be called before: examines all labels. */
void rewrite_flags_labels(struct rewrite *rw);

/* Writes n bytes into the copy of the text. */
void rewrite_text_patch(struct rewrite *rw, uint32_t addr, const void *bytes, size_t n);
/* Writes a jump at addr to position `to` of the trampolines: JUMP_LEN bytes. */
void rewrite_text_patch_jump(struct rewrite *rw, uint32_t addr, uint32_t to);
/* Makes the jump or call in the text whose rel32 is at addr go to position `to` of the
 * trampolines. */
void rewrite_text_patch_rel(struct rewrite *rw, uint32_t addr, uint32_t to);
void rewrite_text_fill(struct rewrite *rw, uint32_t start, uint32_t end);

#endif
