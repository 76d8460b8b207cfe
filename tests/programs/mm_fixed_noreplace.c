/* MAP_FIXED_NOREPLACE fails where something is mapped, and maps where nothing is. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	strcpy(p, "kept");
	CHECK(mmap(p, 4096, PROT_READ, flags, -1, 0) == MAP_FAILED && errno == EEXIST);
	CHECK(munmap(p + 4096, 4096) == 0);
	CHECK(mmap(p + 4096, 2 * 4096, PROT_READ, flags, -1, 0) == MAP_FAILED && errno == EEXIST);
	CHECK(mmap(p + 4096, 4096, PROT_READ, flags, -1, 0) == p + 4096);
	printf("%p %s\n", (void *)p, p);
	CHECK(p[4096] == 0 && !strcmp(p, "kept"));
	puts("ok");
	return 0;
}
