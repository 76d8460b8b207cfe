/* The pages move, but the old range stays mapped and reads as zeroes. */
#include "check.h"

#include <sys/mman.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

int main(void)
{
	char *p = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	strcpy(p, "moved");
	char *q = mremap(p, 2 * 4096, 2 * 4096, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	if (q == MAP_FAILED && errno == EINVAL)
		SKIP("no MREMAP_DONTUNMAP");
	CHECK(q != MAP_FAILED && q != p && !strcmp(q, "moved") && p[0] == 0);
	strcpy(p, "new");
	printf("%p %s, %p %s\n", (void *)p, p, (void *)q, q);
	CHECK(!strcmp(q, "moved"));
	puts("ok");
	return 0;
}
