/* rdtsc clears the upper halves of rax and rdx and leaves every other register and the flags. */
#include "check.h"

int main(void)
{
	unsigned long rax = ~0UL, rdx = ~0UL, rcx = 0x1234567890, rbx = 0xabcdef, flags;

	__asm__ volatile("stc; rdtsc; pushfq; pop %4"
			 : "+a"(rax), "+d"(rdx), "+c"(rcx), "+b"(rbx), "=&r"(flags)
			 :
			 : "cc", "memory");
	printf("%#lx:%#lx\n", rdx, rax);
	CHECK(rax >> 32 == 0 && rdx >> 32 == 0 && rcx == 0x1234567890 && rbx == 0xabcdef &&
	      flags & 1);
	rax = rdx = rcx = ~0UL;
	__asm__ volatile("rdtscp" : "+a"(rax), "+d"(rdx), "+c"(rcx) : : "memory");
	printf("%#lx:%#lx %#lx\n", rdx, rax, rcx);
	CHECK(rax >> 32 == 0 && rdx >> 32 == 0 && rcx >> 32 == 0);
	puts("ok");
	return 0;
}
