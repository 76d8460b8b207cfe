/* The program changes the code of one of its functions, as tracers and static keys do. */
#include "check.h"

#include <stdint.h>
#include <sys/mman.h>

__attribute__((noinline, aligned(4096))) static int answer(int x)
{
	__asm__ volatile("nop; nop; nop; nop; nop; nop; nop; nop");
	return x + 1;
}

int main(void)
{
	int (*volatile call)(int) = answer;
	unsigned char *text = (unsigned char *)(uintptr_t)answer, old[6];
	static const unsigned char patch[6] = {0xb8, 42, 0, 0, 0, 0xc3};

	CHECK(call(1) == 2);
	memcpy(old, text, 6);
	if (mprotect(text, 4096, PROT_READ | PROT_WRITE | PROT_EXEC))
		SKIP("text can't be made writable");
	memcpy(text, patch, 6);
	int patched = call(1);
	memcpy(text, old, 6);
	CHECK(mprotect(text, 4096, PROT_READ | PROT_EXEC) == 0);
	printf("%p %d %d\n", (void *)text, patched, call(1));
	CHECK(patched == 42 && call(1) == 2);
	puts("ok");
	return 0;
}
