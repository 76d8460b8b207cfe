/* mincore reports which pages are in memory. At a gap it fails, after the pages before the gap. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	unsigned char in[8];
	char *p = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED && mincore(p, 8 * 4096, in) == 0);
	for (int i = 0; i < 8; i += 3)
		p[i * 4096] = 1;
	CHECK(mincore(p, 8 * 4096, in) == 0);
	for (int i = 0; i < 8; i++)
		printf("%d", in[i] & 1);
	printf(" %p\n", (void *)p);
	CHECK((in[0] & 1) && (in[3] & 1) && (in[6] & 1));
	CHECK(munmap(p + 4096, 4096) == 0);
	/* it fails at the gap, after it has reported the pages before */
	for (int i = 0; i < 8; i++)
		in[i] = 0xee;
	CHECK(mincore(p, 8 * 4096, in) == -1 && errno == ENOMEM);
	CHECK((in[0] & 0xfe) == 0 && in[1] == 0xee);
	for (int i = 0; i < 8; i++)
		printf("%02x", in[i] | 1);
	puts("");
	puts("ok");
	return 0;
}
