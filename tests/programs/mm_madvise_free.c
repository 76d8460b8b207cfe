/* Freed pages keep their contents or read as zeroes. Written pages stay. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	char *p = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int kept = 0;

	CHECK(p != MAP_FAILED);
	memset(p, 'a', 64 * 4096);
	if (madvise(p, 64 * 4096, MADV_FREE) == -1)
		SKIP("no MADV_FREE");
	for (int i = 0; i < 64; i += 2)
		p[i * 4096] = 'b';
	for (int i = 0; i < 64; i++) {
		CHECK(p[i * 4096] == (i % 2 ? 'a' : 'b') || p[i * 4096] == 0);
		kept += p[i * 4096 + 1] == 'a';
		CHECK(i % 2 || p[i * 4096] == 'b');
	}
	printf("%d of 64 pages kept\n", kept);
	puts("ok");
	return 0;
}
