/* What trampolines do to the registers of a task. Private to lib/instrument. */
#ifndef RR_TRAMPOLINE_H
#define RR_TRAMPOLINE_H

#include "arch/arch.h"
#include "counter/page.h"

/* At a stop of counted code: restores the registers that the trampoline borrows. */
void trampoline_restore(struct trace_regs *g, const uint64_t saved[COUNTER_SAVED]);
/* Whether these TRAMPOLINE_JUMP bytes are a long jump at pc, and its target. */
#define TRAMPOLINE_JUMP 5
bool trampoline_jump_at(const uint8_t *bytes, uint64_t pc, uint64_t *to);
/* Sets the flags to those that the cheap form of counting leaves. */
void trampoline_set_flags(struct trace_regs *g);

#endif
