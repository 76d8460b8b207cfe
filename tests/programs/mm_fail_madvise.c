/* madvise that fails half way has had its effect on what comes before. */
#include "check.h"
#include "probe.h"

#include <sys/mman.h>

/* Eight pages of which the fourth and those after it are another mapping. */
static char *two_mappings(int other_flags, int fd)
{
	char *p = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	if (fd >= 0)
		CHECK(mmap(p + 4 * 4096, 4 * 4096, PROT_READ | PROT_WRITE, other_flags | MAP_FIXED,
			   fd, 0) == p + 4 * 4096);
	for (int i = 0; i < 8; i++)
		memset(p + i * 4096, 'a' + i, 4096);
	return p;
}

static void show(const char *what, char *p, int advice)
{
	int r = madvise(p, 8 * 4096, advice);

	printf("%s: %d %d, ", what, r, r ? errno : 0);
	for (int i = 0; i < 8; i++)
		putchar(probe(p + i * 4096) == '-' ? '#' : p[i * 4096] ? p[i * 4096] : '.');
	putchar('\n');
}

int main(void)
{
	FILE *file = tmpfile();
	char *p = two_mappings(0, -1);

	CHECK(file && ftruncate(fileno(file), 4 * 4096) == 0);
	if (mlock(p + 5 * 4096, 4096))
		SKIP("no memory can be locked");
	show("drop up to locked", p, MADV_DONTNEED);
	p = two_mappings(0, -1);
	CHECK(munmap(p + 2 * 4096, 4096) == 0);
	show("drop over a hole", p, MADV_DONTNEED);
	p = two_mappings(0, -1);
	CHECK(munmap(p + 2 * 4096, 4096) == 0 && mlock(p + 5 * 4096, 4096) == 0);
	show("drop over a hole, up to locked", p, MADV_DONTNEED);
	p = two_mappings(MAP_PRIVATE, fileno(file));
	show("free up to a file", p, MADV_FREE);
	p = two_mappings(0, -1);
	CHECK(mlock(p + 3 * 4096, 4096) == 0);
	show("free up to locked", p, MADV_FREE);
	p = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	CHECK(p != MAP_FAILED && ftruncate(fileno(file), 8 * 4096) == 0);
	memset(p, 's', 8 * 4096);
	CHECK(mlock(p + 6 * 4096, 4096) == 0);
	show("remove up to locked", p, MADV_REMOVE);
	p = two_mappings(0, -1);
	CHECK(munmap(p + 7 * 4096, 4096) == 0);
	show("inherit nothing", p, MADV_DONTFORK);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		show("child", p, MADV_NORMAL), _exit(0);
	CHECK(status_of(child) == 0);
	show("no such advice", p, 12345);
	puts("ok");
	return 0;
}
