/* MAP_FIXED replaces the middle of a mapping and leaves both ends unchanged. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	const int rw = PROT_READ | PROT_WRITE;
	char *p = mmap(NULL, 5 * 4096, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	memset(p, 'a', 5 * 4096);
	CHECK(mmap(p + 2 * 4096, 4096, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	      p + 2 * 4096);
	CHECK(p[2 * 4096 - 1] == 'a' && p[2 * 4096] == 0 && p[3 * 4096 - 1] == 0 &&
	      p[3 * 4096] == 'a');
	p[2 * 4096] = 'b';
	CHECK(mmap(p + 4096, 2 * 4096, rw, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	      p + 4096);
	CHECK(p[4095] == 'a' && p[4096] == 0 && p[2 * 4096] == 0 && p[3 * 4096] == 'a');
	printf("%p\n", (void *)p);
	CHECK(munmap(p, 5 * 4096) == 0);
	puts("ok");
	return 0;
}
