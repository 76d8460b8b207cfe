/* Sixteen terabytes are reserved, as by sanitizers for their shadows, with a few pages in use.
 * Walking through all of it would take too long. */
#include "check.h"

#include <sys/mman.h>

#define SIZE (1ul << 44)

int main(void)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned sum = 0;

	if (p == MAP_FAILED)
		SKIP("no room for 16 TiB");
	for (size_t at = 4096; at < SIZE; at *= 8)
		memset(p + at, 'a', 100);
	/* Memory is compared after so many events. */
	for (int i = 0; i < 3000; i++)
		getppid();
	for (size_t at = 4096; at < SIZE; at *= 8)
		sum += (unsigned char)p[at] + (unsigned char)p[at + 100];
	printf("%u\n", sum);
	CHECK(munmap(p, SIZE) == 0);
	puts("ok");
	return 0;
}
