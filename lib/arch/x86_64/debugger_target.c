#include "arch/debugger_target.h"

#include "arch/arch.h"

const char arch_debugger_name[] = "i386:x86-64";
const char arch_debugger_triple[] = "x86_64-pc-linux-gnu";

/* The second is the vsyscall page (Documentation/arch/x86/x86_64/mm.rst). */
const struct arch_memory_range arch_memory_ranges[] = {
	{0, ARCH_USER_END}, {0xffffffffff600000, 0x1000}, {0, 0}};

/* TLS variant II: blocks lie below the thread pointer, and the main program's ends there. */
uint64_t arch_tls_program(uint64_t thread_pointer, uint64_t size, uint64_t align)
{
	return thread_pointer - ((size + align - 1) & ~(align - 1));
}

uint64_t arch_tls_library(uint64_t thread_pointer, uint64_t offset)
{
	return thread_pointer - offset;
}
