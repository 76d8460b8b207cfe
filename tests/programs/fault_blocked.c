/* Signals that instructions raise while they are blocked or ignored end the process all the same,
 * a handler or not. */
#include "check.h"

#include <signal.h>
#include <sys/resource.h>

static const int raised[] = {SIGSEGV, SIGILL, SIGTRAP, SIGFPE};

static void on_fault(int sig)
{
	_exit(sig);
}

static void raise_by_instruction(int sig)
{
	switch (sig) {
	case SIGSEGV: *(volatile int *)8 = 1; break;
	case SIGILL: __asm__ volatile("ud2"); break;
	case SIGTRAP: __asm__ volatile("int3"); break;
	default: __asm__ volatile("divl %0" ::"r"(0), "a"(1), "d"(0)); break;
	}
}

int main(void)
{
	struct rlimit none = {0, 0};
	sigset_t all;

	sigfillset(&all);
	CHECK(!setrlimit(RLIMIT_CORE, &none));
	for (unsigned i = 0; i < 12; i++) {
		int sig = raised[i % 4], how = (int)i / 4;
		pid_t child = fork();

		CHECK(child >= 0);
		if (!child) {
			signal(sig, how == 0 ? SIG_DFL : how == 1 ? SIG_IGN : on_fault);
			CHECK(how == 1 || !sigprocmask(SIG_BLOCK, &all, NULL));
			raise_by_instruction(sig);
			_exit(0);
		}
		int status = status_of(child);
		printf("%d: signal %d\n", how, WTERMSIG(status));
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == sig);
	}
	puts("ok");
	return 0;
}
