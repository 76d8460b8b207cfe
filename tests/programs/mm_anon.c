/* Anonymous memory is zero at first, can be unmapped, and mapped again at a hint. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 3 * 4096; i++)
		CHECK(p[i] == 0);
	strcpy(p + 4090, "across a page boundary");
	printf("%p %s\n", (void *)p, p + 4090);
	CHECK(munmap(p, 3 * 4096) == 0);
	char *q = mmap(p, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(q != MAP_FAILED && q[10] == 0);
	printf("hint %s\n", q == p ? "taken" : "not taken");
	CHECK(munmap(q, 4096) == 0);
	CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
	      errno == EINVAL);
	CHECK(munmap(p + 1, 4096) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
