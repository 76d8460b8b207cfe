/* A SIGSEGV handler unprotects each page as it is touched, as in garbage collectors. */
#include "check.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

static char *base;
static int faults;

static void segv(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	uintptr_t page = (uintptr_t)info->si_addr & ~4095ul;

	if (info->si_code != SEGV_ACCERR || page < (uintptr_t)base ||
	    page >= (uintptr_t)base + 16 * 4096)
		_exit(2);
	if (mprotect((void *)page, 4096, PROT_READ | PROT_WRITE))
		_exit(3);
	faults++;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = segv, .sa_flags = SA_SIGINFO};

	base = mmap(NULL, 16 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(base != MAP_FAILED && sigaction(SIGSEGV, &sa, NULL) == 0);
	for (int i = 0; i < 64; i++)
		((volatile char *)base)[i * 1024 + i] = i;
	for (int i = 0; i < 64; i++)
		CHECK(base[i * 1024 + i] == i);
	CHECK(faults == 16);
	CHECK(mprotect(base + 4096, 4096, PROT_NONE) == 0 && mprotect(base, 1, PROT_READ) == 0);
	((volatile char *)base)[5] = 5;
	printf("%p %d faults\n", (void *)base, faults);
	CHECK(faults == 17);
	puts("ok");
	return 0;
}
