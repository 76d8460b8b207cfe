/* cflags: -static -no-pie -fno-asynchronous-unwind-tables -s */
/* A function that no table names, and a number in the data that is an address inside one of its
 * instructions, from which the bytes look like a function with a loop. */
#include "check.h"

#include <stdint.h>

/* movabs $0xc3fffffff9850f55, %rax: push %rbp; jne to the push; ret */
__asm__(".p2align 4\nbefore_hidden = . - 0x100000000\n\tlea 1(%rdi), %rdx\n\tmovabs $0xc3fffffff9850f55, %rax\nlured = . - 8\n\tadd %rdx, %rax\n"
	"1:\tadd $3, %rax\n\tdec %rdx\n\tjnz 1b\n\tret\n\tint3\n");
extern const char lured[];

/* Called through a number that does not look like its address. */
extern const char before_hidden[];
static const char *volatile way = before_hidden;
const char *volatile number = lured;

int main(void)
{
	uint64_t got = ((uint64_t(*)(uint64_t))(uintptr_t)(way + 0x100000000))(9);

	CHECK(got == 0xc3fffffff9850f55 + 10 + 30);
	printf("%lx %p\nok\n", got, (const void *)number);
	return 0;
}
