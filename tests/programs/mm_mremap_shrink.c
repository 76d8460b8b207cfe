/* mremap shrinks a mapping. The rest is unmapped, and zero when the mapping grows again. */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static sigjmp_buf out;

static void segv(int sig)
{
	siglongjmp(out, sig);
}

int main(void)
{
	char *p = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	memset(p, 's', 8 * 4096);
	CHECK(mremap(p, 8 * 4096, 3 * 4096, 0) == p);
	CHECK(p[3 * 4096 - 1] == 's');
	signal(SIGSEGV, segv);
	if (!sigsetjmp(out, 1)) {
		*(volatile char *)(p + 3 * 4096) = 1;
		CHECK(!"still mapped");
	}
	CHECK(mremap(p, 3 * 4096, 4 * 4096, 0) == p);
	CHECK(p[3 * 4096] == 0);
	printf("%p\n", (void *)p);
	puts("ok");
	return 0;
}
