/* Address space randomization: where code, data, heap, stack, libraries and mappings are. */
#include "check.h"

#include <sys/mman.h>

static int zeroed, initialized = 1;

int main(void)
{
	void *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *small, *large;
	int local;

	CHECK(map != MAP_FAILED && (small = malloc(100)) && (large = malloc(1 << 22)));
	printf("code %p data %p bss %p\n", (void *)main, (void *)&initialized, (void *)&zeroed);
	printf("stack %p argv area %p break %p\n", (void *)&local, (void *)environ[0], sbrk(0));
	printf("library %p mapping %p small %p large %p\n", (void *)puts, map, small, large);
	CHECK((unsigned long)&local >> 47 == 0 && (unsigned long)map % 4096 == 0);
	free(large);
	free(small);
	CHECK(!munmap(map, 4096));
	puts("ok");
	return 0;
}
