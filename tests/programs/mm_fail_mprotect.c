/* mprotect that fails half way has changed what comes before the place where it fails. */
#include "check.h"
#include "probe.h"

#include <sys/mman.h>
#include <sys/syscall.h>

static char *four_pages(void)
{
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	memset(p, 'm', 4 * 4096);
	return p;
}

static void show(const char *what, char *p, int pages, int prot)
{
	int r = mprotect(p, 4 * 4096, prot);

	printf("%s: %d %d, %s\n", what, r, r ? errno : 0, probe_pages(p, pages));
}

int main(void)
{
	FILE *file = tmpfile();
	char name[32], *p = four_pages();

	CHECK(file && ftruncate(fileno(file), 4096) == 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fileno(file));
	int read_only = open(name, O_RDONLY);
	CHECK(read_only >= 0 && munmap(p + 2 * 4096, 4096) == 0);
	show("hole", p, 4, PROT_READ);
	show("hole, other order", p + 4096, 3, PROT_NONE);
	p = four_pages();
	CHECK(mmap(p + 4096, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, read_only, 0) == p + 4096);
	CHECK(mprotect(p, 4096, PROT_NONE) == 0);
	show("file open for reading", p, 4, PROT_READ | PROT_WRITE);
	show("the same at once", p + 4096, 3, PROT_READ | PROT_WRITE);
	show("no such protection", p, 4, 1 << 5);
	show("two directions", p, 4, PROT_READ | PROT_WRITE | PROT_GROWSDOWN | PROT_GROWSUP);
	CHECK(mprotect(p + 1, 4096, PROT_NONE) == -1 && errno == EINVAL);
	p = four_pages();
	if (!syscall(462 /* mseal */, p + 2 * 4096, 4096, 0))
		show("sealed", p, 4, PROT_READ);
	puts("ok");
	return 0;
}
