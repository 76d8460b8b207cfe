/* What a debugger must know of the machine, besides its registers (arch/debugger_registers.h). */
#ifndef RR_ARCH_DEBUGGER_TARGET_H
#define RR_ARCH_DEBUGGER_TARGET_H

#include <stdint.h>

/* gdb's name of the architecture, and the target triple. */
extern const char arch_debugger_name[], arch_debugger_triple[];

/* All addresses at which a program can have memory; a length of 0 ends the list. */
struct arch_memory_range {
	uint64_t start, len;
};
extern const struct arch_memory_range arch_memory_ranges[];

/* Addresses of a thread's blocks of thread-local variables ("ELF Handling For Thread-Local
 * Storage", U. Drepper): that of the main program, whose size and alignment (a power of 2) its
 * program header says; and one of a library in static TLS, at glibc's l_tls_offset. */
uint64_t arch_tls_program(uint64_t thread_pointer, uint64_t size, uint64_t align);
uint64_t arch_tls_library(uint64_t thread_pointer, uint64_t offset);

#endif
