/* cflags: -static -no-pie -fno-asynchronous-unwind-tables -s */
/* A loop in a function that is named only by a table as in Go programs. */
#include "check.h"

#include <pthread.h>
#include <stdint.h>

/* The function is called through a number that does not look like its address. The table has the
 * header of Go 1.20 and one function, at the beginning of the text; after that function's entry is
 * the address of its end. */
__asm__(".p2align 5\nbefore_waits = . - 0x100000000\nwaits:\n\tcmpl $0, (%rdi)\n\tje waits\n\tret\nwaits_end:\n"
	"\t.pushsection .gopclntab, \"a\"\n\t.long 0xfffffff1\n\t.byte 0, 0, 1, 8\n\t.quad 1, 0, waits, 0, 0, 0, 0, 72\n"
	"\t.long 0, 0, waits_end - waits\n\t.popsection\n");
extern const char before_waits[];
static const char *volatile way = before_waits;
static volatile int flag;

static void *other(void *arg)
{
	flag = 1;
	return arg;
}

int main(void)
{
	pthread_t t;

	for (int i = 0; i < 3; i++) {
		flag = 0;
		CHECK(!pthread_create(&t, NULL, other, NULL));
		((void (*)(volatile int *))(uintptr_t)(way + 0x100000000))(&flag);
		CHECK(!pthread_join(t, NULL));
	}
	puts("ok");
	return 0;
}
