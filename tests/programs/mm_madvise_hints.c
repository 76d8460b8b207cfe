/* Advice that changes speed but no contents. Older kernels do not know all of it. */
#include "check.h"

#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

int main(void)
{
	static const int advice[] = {MADV_NORMAL,        MADV_RANDOM,        MADV_SEQUENTIAL,
				     MADV_WILLNEED,      MADV_HUGEPAGE,      MADV_NOHUGEPAGE,
				     MADV_MERGEABLE,     MADV_UNMERGEABLE,   MADV_DONTDUMP,
				     MADV_DODUMP,        MADV_COLD,          MADV_PAGEOUT,
				     MADV_POPULATE_READ, MADV_POPULATE_WRITE};
	const size_t size = 4 << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	for (size_t i = 0; i < size; i += 4096)
		p[i] = i >> 12;
	for (size_t a = 0; a < sizeof(advice) / sizeof(*advice); a++) {
		int r = madvise(p, size, advice[a]);
		printf("advice %d: %s\n", advice[a], r ? strerror(errno) : "taken");
		for (size_t i = 0; i < size; i += 4096)
			CHECK(p[i] == (char)(i >> 12));
	}
	CHECK(madvise(p, size, 12345) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
