/* What the code of trampolines leaves in the registers of a task. Private to lib/instrument. */
#ifndef RR_TRAMPOLINE_H
#define RR_TRAMPOLINE_H

#include "arch/arch.h"
#include "counter/page.h"

/* At a stop of counted code: gives the registers that the trampoline has borrowed back to the
 * program. */
void trampoline_restore(struct trace_regs *g, const uint64_t saved[COUNTER_SAVED]);
/* Whether the bytes, of which there are TRAMPOLINE_JUMP, are a long jump at pc; and where it goes.
 */
#define TRAMPOLINE_JUMP 5
bool trampoline_jump_at(const uint8_t *bytes, uint64_t pc, uint64_t *to);
/* Sets the flags to those that the cheap form of counting leaves. */
void trampoline_set_flags(struct trace_regs *g);

#endif
