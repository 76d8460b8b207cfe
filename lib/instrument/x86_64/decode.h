/* What only the x86-64 part of the rewriter knows of instructions. */
#ifndef RR_INSTRUMENT_DECODE_H
#define RR_INSTRUMENT_DECODE_H

#include "instrument/rewrite.h"

#include <Zydis/Zydis.h>

struct insn_decoders {
	ZydisDecoder minimal, full;
};

/* fast_decoder.c: what decode.c looks at, for most instructions; false: ask Zydis. */
bool insn_decode_fast(const uint8_t *p, size_t len, ZydisDecodedInstruction *d);

/* insn_decode() with all that Zydis knows, which takes longer. */
struct insn_full {
	ZydisDecodedInstruction d;
	ZydisDecoderContext context;
};
bool insn_decode_full(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in,
		      struct insn_full *full);

#endif
