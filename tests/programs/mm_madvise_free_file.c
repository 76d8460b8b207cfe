/* MADV_FREE is for anonymous memory. It drops nothing from a mapping of a file. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	FILE *file = tmpfile();
	const size_t size = 8192;

	CHECK(file && ftruncate(fileno(file), size) == 0 &&
	      pwrite(fileno(file), "file", 5, 0) == 5);
	char *own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fileno(file), 0);
	char *all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	CHECK(own != MAP_FAILED && all != MAP_FAILED);
	strcpy(own, "mine");
	CHECK(madvise(own, size, MADV_FREE) == -1 && errno == EINVAL);
	CHECK(madvise(all, size, MADV_FREE) == -1 && errno == EINVAL);
	CHECK(!strcmp(own, "mine") && !strcmp(all, "file"));
	CHECK(mmap(own, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		   0) == own);
	strcpy(own, "mine");
	CHECK(madvise(own, size, MADV_FREE) == 0);
	CHECK(!own[0] || !strcmp(own, "mine"));
	puts("ok");
	return 0;
}
