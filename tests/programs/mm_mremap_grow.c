/* A mapping that cannot grow in place moves, eight times. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	size_t size = 4096;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	memset(p, 'a', size);
	/* Keeps the mapping from growing in place, if the kernel grants the address. */
	char *wall = mmap(p + size, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 8; i++) {
		CHECK(wall != p + size ||
		      (mremap(p, size, 2 * size, 0) == MAP_FAILED && errno == ENOMEM) || i);
		char *q = mremap(p, size, 2 * size, MREMAP_MAYMOVE);
		CHECK(q != MAP_FAILED && q[0] == 'a' && q[size - 1] == 'a' + i && q[size] == 0);
		p = q;
		size *= 2;
		p[size - 1] = 'a' + i + 1;
		printf("%p %zu\n", (void *)p, size);
	}
	CHECK(munmap(p, size) == 0);
	puts("ok");
	return 0;
}
