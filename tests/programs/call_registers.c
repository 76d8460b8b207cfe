/* A system call changes rax, rcx and r11 only, as the ABI says; flags stay. */
#include "check.h"

#include <sys/syscall.h>

int main(void)
{
	unsigned long in[9] = {SYS_getpid, 1, 2, 3, 4, 5, 6, 7, 8}, out[12] = {0};

	__asm__ volatile(
		"push %%rbp; push %%rbx; push %1; mov %0, %%rbx\n\t"
		"mov (%%rbx), %%rax; mov 8(%%rbx), %%rdi; mov 16(%%rbx), %%rsi\n\t"
		"mov 24(%%rbx), %%rdx; mov 32(%%rbx), %%r10; mov 40(%%rbx), %%r8\n\t"
		"mov 48(%%rbx), %%r9; mov 56(%%rbx), %%r12; mov 64(%%rbx), %%r15\n\t"
		"mov $0x55, %%ebp; stc; std; syscall\n1:\tpushfq; cld; pop %%r13; mov (%%rsp), %%r14\n\t"
		"mov %%rax, (%%r14); mov %%rdi, 8(%%r14); mov %%rsi, 16(%%r14)\n\t"
		"mov %%rdx, 24(%%r14); mov %%r10, 32(%%r14); mov %%r8, 40(%%r14)\n\t"
		"mov %%r9, 48(%%r14); mov %%r12, 56(%%r14); mov %%r15, 64(%%r14)\n\t"
		"mov %%r13, 72(%%r14); mov %%r11, 80(%%r14); lea 1b(%%rip), %%rdi\n\t"
		"sub %%rcx, %%rdi; mov %%rdi, 88(%%r14); pop %%rdi; pop %%rbx; pop %%rbp"
		:
		: "a"(in), "D"(out)
		: "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
		  "memory", "cc");
	printf("result %lu flags %#lx r11 %#lx\n", out[0], out[9], out[10]);
	CHECK(out[0] == (unsigned long)getpid() && !memcmp(&in[1], &out[1], 8 * sizeof(in[0])));
	CHECK((out[9] & 0x401) == 0x401);
	puts("ok");
	return 0;
}
