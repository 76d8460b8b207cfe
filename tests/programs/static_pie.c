/* cflags: -static-pie -fPIE */
/* A static position-independent program: randomized, without an interpreter. */
#include "check.h"

#include <signal.h>
#include <sys/auxv.h>

static volatile sig_atomic_t handled;

static void note(int sig)
{
	(void)sig;
	handled++;
}

int main(void)
{
	CHECK(signal(SIGUSR1, note) != SIG_ERR && !raise(SIGUSR1) && handled == 1);
	CHECK(getauxval(AT_BASE) == 0);
	printf("main at %p, entry %#lx\n", (void *)main, getauxval(AT_ENTRY));
	puts("ok");
	return 0;
}
