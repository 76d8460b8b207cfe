/* siginfo of a null load, a wild load, a store to a read-only page and a jump to data. */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

static sigjmp_buf out;
static siginfo_t last;

static void fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	last = *info;
	siglongjmp(out, sig);
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
	static char data[4096] = {'\xc3'};
	char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t where[] = {16, 0xdead0000dead0000, (uintptr_t)p, (uintptr_t)data};

	CHECK(sigaction(SIGSEGV, &sa, NULL) == 0);
	for (volatile int i = 0; i < 4; i++) {
		if (sigsetjmp(out, 1)) {
			printf("%d: code %d at %p\n", i, last.si_code, last.si_addr);
			continue;
		}
		if (i == 3)
			((void (*)(void))where[3])();
		else if (i == 2)
			*(volatile char *)where[2] = 1;
		else
			(void)*(volatile char *)where[i];
		CHECK(!"no fault");
	}
	CHECK(last.si_signo == SIGSEGV && last.si_addr == data);
	puts("ok");
	return 0;
}
