/* Instructions for the x86-64 part of the rewriter. */
#ifndef RR_INSTRUMENT_DECODE_H
#define RR_INSTRUMENT_DECODE_H

#include "instrument/rewrite.h"

#include <Zydis/Zydis.h>

struct insn_decoders {
	ZydisDecoder minimal, full;
};

/* fast_decoder.c: fills in the fields that decode.c uses. It knows most instructions; false: use
 * Zydis. */
bool insn_decode_fast(const uint8_t *p, size_t len, ZydisDecodedInstruction *d);

/* Like insn_decode(), but with all of Zydis' fields, which takes longer. */
struct insn_full {
	ZydisDecodedInstruction d;
	ZydisDecoderContext context;
};
bool insn_decode_full(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in,
		      struct insn_full *full);

#endif
