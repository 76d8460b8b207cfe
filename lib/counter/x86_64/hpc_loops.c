#include "counter/hpc_loops.h"

#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

/* rcx: rounds; rsi: 1 with lock prefixes. */
void hpc_loops_run(void)
{
	static uint32_t word;

	__asm__ volatile("1: int3\n"
			 "test %%rsi,%%rsi\n"
			 "jnz 3f\n"
			 "2: dec %%rcx\n"
			 "jnz 2b\n"
			 "jmp 1b\n"
			 "3: lock incl %0\n"
			 "dec %%rcx\n"
			 "jnz 3b\n"
			 "jmp 1b\n" ::"m"(word)
			 : "rcx", "rsi", "memory", "cc");
}

int hpc_loops_set(pid_t pid, uint64_t rounds, bool atomic)
{
	if (ptrace(PTRACE_POKEUSER, pid, (void *)offsetof(struct user, regs.rcx), rounds) ||
	    ptrace(PTRACE_POKEUSER, pid, (void *)offsetof(struct user, regs.rsi),
		   (unsigned long)atomic))
		return -1;
	return 0;
}
