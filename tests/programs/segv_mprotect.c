/* A handler makes the page writable and returns: a write barrier, page by page. */
#include "check.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#define PAGES 32

static char *area;
static volatile int faults;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	char *page = (char *)((uintptr_t)info->si_addr & ~4095UL);

	(void)sig;
	(void)context;
	CHECK(page >= area && page < area + PAGES * 4096);
	CHECK(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
	faults++;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	int i;

	area = mmap(NULL, PAGES * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(area != MAP_FAILED && !sigaction(SIGSEGV, &action, NULL));
	for (i = 0; i < PAGES * 4096; i += 1024)
		((volatile char *)area)[i] = (char)i;
	printf("%d faults from %p\n", faults, (void *)area);
	CHECK(faults == PAGES);
	puts("ok");
	return 0;
}
