/* 4 GiB of address space, of which 32 pages are used. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	const size_t size = 4ul << 30, stride = size / 32;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(p != MAP_FAILED);
	for (size_t i = 0; i < 32; i++)
		p[i * stride + 123] = i + 1;
	int sum = 0;
	for (size_t i = 0; i < 32; i++) {
		sum += p[i * stride + 123];
		CHECK(p[i * stride + stride / 2] == 0);
	}
	CHECK(sum == 33 * 16);
	printf("%p %d\n", (void *)p, sum);
	CHECK(munmap(p + (1ul << 30), 2ul << 30) == 0);
	CHECK(p[123] == 1 && p[31 * stride + 123] == 32);
	puts("ok");
	return 0;
}
