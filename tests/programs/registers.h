/* An instruction with each register but rsp as its operand, in assembler.
 *
 * EACH_REGISTER(64, "rdrand") sets the 64-bit registers to -1 before the instruction and stores
 * what they are after it to values64[0..14], and the flags to flags64[0..14].
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include "preempt.h"

/* Columns in the assembly are tabs, which clang-format counts in its own way. */
/* clang-format off */

enum { REGISTERS = 15, ARITHMETIC_FLAGS = 0x8d5, CARRY = 1 };

#define EACH_REGISTER(bits, insn)                                                                            \
	static volatile uint64_t values##bits[REGISTERS] __attribute__((used)),                                \
		flags##bits[REGISTERS] __attribute__((used));                                                    \
	extern void each##bits(void);                                                                          \
	FUNCTION(each##bits, ".macro one" #bits " r64, r32, r16, i\n"                                            \
			     "	push %\\r64\n"                                                                    \
			     "	mov $-1, %\\r64\n"                                                                \
			     "	" insn " %\\r" #bits "\n"                                                          \
			     "	mov %\\r64, values" #bits " + 8 * \\i(%rip)\n"                                      \
			     "	pushf\n"                                                                         \
			     "	popq flags" #bits " + 8 * \\i(%rip)\n"                                             \
			     "	pop %\\r64\n"                                                                     \
			     ".endm\n"                                                                          \
			     "	one" #bits " rax, eax, ax, 0\n	one" #bits " rcx, ecx, cx, 1\n"                       \
			     "	one" #bits " rdx, edx, dx, 2\n	one" #bits " rbx, ebx, bx, 3\n"                       \
			     "	one" #bits " rbp, ebp, bp, 4\n	one" #bits " rsi, esi, si, 5\n"                       \
			     "	one" #bits " rdi, edi, di, 6\n	one" #bits " r8, r8d, r8w, 7\n"                       \
			     "	one" #bits " r9, r9d, r9w, 8\n	one" #bits " r10, r10d, r10w, 9\n"                    \
			     "	one" #bits " r11, r11d, r11w, 10\n	one" #bits " r12, r12d, r12w, 11\n"                 \
			     "	one" #bits " r13, r13d, r13w, 12\n	one" #bits " r14, r14d, r14w, 13\n"                 \
			     "	one" #bits " r15, r15d, r15w, 14\n	ret")

#endif
