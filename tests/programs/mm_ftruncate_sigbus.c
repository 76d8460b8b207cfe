/* Pages of a mapping disappear when the file is truncated, and return when it grows. */
#include "check.h"
#include "tempdir.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static sigjmp_buf out;
static void *where;

static void bus(int sig, siginfo_t *info, void *context)
{
	(void)context;
	where = info->si_addr;
	siglongjmp(out, sig);
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = bus, .sa_flags = SA_SIGINFO};

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 4 * 4096) == 0 && sigaction(SIGBUS, &sa, NULL) == 0);
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	memset(p, 't', 4 * 4096);
	CHECK(ftruncate(fd, 5000) == 0);
	CHECK(p[4999] == 't' && p[5000] == 0);
	if (!sigsetjmp(out, 1)) {
		*(volatile char *)(p + 3 * 4096 + 8) = 1;
		CHECK(!"no SIGBUS");
	}
	CHECK(where == p + 3 * 4096 + 8);
	CHECK(ftruncate(fd, 4 * 4096) == 0 && p[3 * 4096 + 8] == 0);
	p[3 * 4096] = 'u';
	printf("%p fault at %p, then %c\n", (void *)p, where, p[3 * 4096]);
	puts("ok");
	return 0;
}
