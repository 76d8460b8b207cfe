/* SIGSEGV: code and address for an unmapped page, a protected page and an address that cannot be.
 */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static sigjmp_buf back;
static siginfo_t got;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	got = *info;
	siglongjmp(back, 1);
}

static void touch(volatile char *address, int write)
{
	got.si_signo = 0;
	if (sigsetjmp(back, 1))
		return;
	if (write)
		*address = 1;
	else
		(void)*address;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	char *page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(page != MAP_FAILED && !munmap(page + 4096, 4096) &&
	      !sigaction(SIGSEGV, &action, NULL));
	touch(page, 0);
	CHECK(got.si_signo == 0);
	touch(page + 5, 1);
	CHECK(got.si_signo == SIGSEGV && got.si_code == SEGV_ACCERR && got.si_addr == page + 5);
	printf("protected %p\n", got.si_addr);
	touch(page + 4100, 0);
	CHECK(got.si_code == SEGV_MAPERR && got.si_addr == page + 4100);
	printf("unmapped %p\n", got.si_addr);
	touch((char *)0x8000000000000000UL, 0);
	CHECK(got.si_signo == SIGSEGV && got.si_code == SI_KERNEL && got.si_addr == NULL);
	puts("ok");
	return 0;
}
