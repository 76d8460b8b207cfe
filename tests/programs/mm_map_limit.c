/* A program with as many mappings as it may have: calls that need one more fail, and it goes on. */
#include "check.h"
#include "probe.h"

#include <sys/mman.h>

#define PAGES 200000

static char *pages;

/* Every second page becomes a mapping of its own, until there can be no more. */
static int fill(int from)
{
	for (int i = from; i < PAGES; i += 2)
		if (mprotect(pages + (size_t)i * 4096, 4096, PROT_NONE)) {
			CHECK(errno == ENOMEM);
			return i;
		}
	return -1;
}

static void show(const char *what, int r, int i)
{
	printf("%s: %d %d, %s\n", what, r, r ? errno : 0, probe_pages(pages + (size_t)i * 4096, 8));
}

int main(void)
{
	FILE *limit = fopen("/proc/sys/vm/max_map_count", "r");
	int max = 0;

	if (!limit || fscanf(limit, "%d", &max) != 1 || max > PAGES / 2)
		SKIP("the limit of mappings is high");
	pages = mmap(NULL, (size_t)PAGES * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(pages != MAP_FAILED);
	int i = fill(0);
	CHECK(i > 0);
	printf("%d mappings\n", i / 1000 * 1000);
	show("mprotect", mprotect(pages + (size_t)(i + 2) * 4096, 4096, PROT_WRITE), i);
	show("munmap in the middle", munmap(pages + (size_t)(i + 10) * 4096, 4096), i + 8);
	show("madvise", madvise(pages + (size_t)(i + 10) * 4096, 4096, MADV_DONTFORK), i + 8);
	void *more = mmap(NULL, 4096, PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	void *again = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	printf("mmap: %d %d\n", more == MAP_FAILED, again == MAP_FAILED);
	/* The first of these can be changed, so the call fails half way. */
	show("mprotect of several", mprotect(pages + (size_t)(i - 4) * 4096, 20 * 4096, PROT_NONE),
	     i - 4);
	CHECK(munmap(pages, 400 * 4096) == 0);
	show("mprotect after munmap", mprotect(pages + (size_t)(i + 2) * 4096, 4096, PROT_WRITE),
	     i);
	CHECK(munmap(pages + (size_t)(i + 10) * 4096, 4096) == 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		_exit(munmap(pages + 1000 * 4096, 1000 * 4096) || fill(2000) <= i);
	CHECK(status_of(child) == 0);
	CHECK(munmap(pages, (size_t)PAGES * 4096) == 0);
	puts("ok");
	return 0;
}
