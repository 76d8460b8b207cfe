/* CLONE_SETTLS: the new task's FS base is the given one. */
#include "check.h"

#include <asm/prctl.h>
#include <sys/syscall.h>

static char stack[65536] __attribute__((aligned(16)));
static unsigned long tls[64] __attribute__((aligned(64)));
static volatile unsigned long seen_base, seen_word;

/* Runs with a foreign FS base: raw calls only, no C library. */
__attribute__((noinline, no_stack_protector)) static int run(void *arg)
{
	unsigned long base = 0, word, result;

	(void)arg;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(SYS_arch_prctl), "D"(ARCH_GET_FS), "S"(&base)
			 : "rcx", "r11", "memory");
	__asm__ volatile("mov %%fs:8, %0" : "=r"(word));
	seen_base = base;
	seen_word = word;
	__asm__ volatile("syscall" : : "a"(SYS_exit), "D"(result) : "rcx", "r11", "memory");
	__builtin_unreachable();
}

int main(void)
{
	pid_t child;

	tls[0] = (unsigned long)tls;
	tls[1] = 0x1234;
	child = clone(run, stack + sizeof(stack), CLONE_VM | CLONE_SETTLS | SIGCHLD, NULL, NULL,
		      tls);
	CHECK(child > 0 && status_of(child) == 0);
	printf("base %#lx word %#lx\n", seen_base, seen_word);
	CHECK(seen_base == (unsigned long)tls && seen_word == 0x1234);
	puts("ok");
	return 0;
}
