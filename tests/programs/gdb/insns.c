/* Instructions that rewriting displaces, counts or emulates: each is one step for a user. */
#include <stdio.h>

__asm__(".text\n"
	".globl insns, insns_end\n"
	"insns:	mov $3, %ecx\n"
	"1:	dec %ecx\n"
	"	jnz 1b\n"
	"	call 3f\n"
	"	mov $39, %eax\n" /* getpid */
	"	syscall\n"
	"	cpuid\n"
	"	rdtsc\n"
	"	rdtscp\n"
	"	lea 2f(%rip), %rdx\n"
	"	jmp *%rdx\n"
	"	ud2\n"
	"2:	nop\n"
	"insns_end: ret\n"
	"3:	nop\n"
	"	ret\n");

int main(void)
{
	__asm__ volatile("call insns" : : : "rax", "rbx", "rcx", "rdx", "r11", "cc", "memory");
	puts("done");
	return 0;
}
