/* A mapping that cannot be made or moved where another is may leave a hole there. */
#include "check.h"
#include "probe.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define HUGE (2ul << 20)

static void show(const char *what, void *r, char *p)
{
	printf("%s: %s %d, %s\n", what, r == MAP_FAILED ? "refused" : "made",
	       r == MAP_FAILED ? errno : 0, probe_pages(p, 4));
}

static char *map(size_t n, int prot)
{
	char *p = mmap(NULL, n, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

int main(void)
{
	const int rw = PROT_READ | PROT_WRITE, anon = MAP_PRIVATE | MAP_ANONYMOUS;
	char *p = map(3 * HUGE, rw);
	char *huge = (char *)(((unsigned long)p + HUGE - 1) & -HUGE);

	show("no such file", mmap(huge, 4096, rw, MAP_PRIVATE | MAP_FIXED, 99, 0), huge);
	show("huge pages", mmap(huge, HUGE, rw, anon | MAP_FIXED | MAP_HUGETLB, -1, 0), huge);
	show("taken", mmap(huge + HUGE, 4096, rw, anon | MAP_FIXED_NOREPLACE, -1, 0), huge + HUGE);
	char *from = map(4 * 4096, rw), *to = map(4 * 4096, PROT_READ);
	memset(from, 'f', 4 * 4096);
	struct rlimit was, none;
	CHECK(getrlimit(RLIMIT_AS, &was) == 0);
	none = (struct rlimit){4096, was.rlim_max};
	CHECK(setrlimit(RLIMIT_AS, &none) == 0);
	void *r = mremap(from, 4 * 4096, 4 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
			 to);
	CHECK(setrlimit(RLIMIT_AS, &was) == 0);
	show("over the limit, target", r, to);
	show("over the limit, source", r, from);
	char *a = map(4 * 4096, rw), *b = map(4 * 4096, PROT_READ);
	memset(a, 'a', 4 * 4096);
	CHECK(mprotect(a + 2 * 4096, 4096, PROT_READ) == 0);
	if (!syscall(462 /* mseal */, a + 3 * 4096, 4096, 0)) {
		r = mremap(a, 4 * 4096, 4 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED, b);
		show("up to sealed, source", r, a);
		show("up to sealed, target", r, b);
	}
	show("beyond the address space",
	     mmap((void *)(-1ul << 20), 4096, rw, anon | MAP_FIXED, -1, 0), b);
	show("up to beyond it", mmap(b, -1ul << 20, rw, anon | MAP_FIXED, -1, 0), b);
	puts("ok");
	return 0;
}
