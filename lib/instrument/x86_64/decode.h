/* Instructions for the x86-64 part of the rewriter. */
#ifndef RR_INSTRUMENT_DECODE_H
#define RR_INSTRUMENT_DECODE_H

#include "instrument/rewrite.h"

#include <Zydis/Zydis.h>

/* The arithmetic flags that an instruction reads and writes: bits of rflags. */
struct insn_flags {
	uint16_t read, written;
	bool known;
};

struct insn_decoders {
	ZydisDecoder minimal, full;
	struct insn_flags flags[INSN_FORMS]; /* of forms, once they were asked for */
};

/* fast_decoder.c: insn_decode() for most instructions. False: use Zydis. Fifteen bytes at addr are
 * readable, wherever `end` is. */
bool insn_decode_fast(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in);

/* The same by Zydis, for any instruction, but without its form. */
bool insn_decode_slow(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in);

/* Like insn_decode(), but with all of Zydis' fields, which takes longer. */
struct insn_full {
	ZydisDecodedInstruction d;
	ZydisDecoderContext context;
};
bool insn_decode_full(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in,
		      struct insn_full *full);

#endif
