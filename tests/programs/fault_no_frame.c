/* A stack overflows whose SIGSEGV handler has no alternate stack: the kernel cannot push the signal
 * frame, and the process dies of SIGSEGV. */
#include "check.h"

#include <signal.h>
#include <sys/resource.h>

static void on_fault(int sig)
{
	_exit(sig);
}

static int recurse(volatile int depth)
{
	volatile char frame[4000];

	frame[0] = (char)depth;
	return depth < 0 ? 0 : recurse(depth + 1) + frame[0];
}

int main(void)
{
	static const int flags[] = {0, SA_NODEFER, SA_RESETHAND, SA_SIGINFO};
	struct rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20}, none = {0, 0};

	CHECK(!setrlimit(RLIMIT_STACK, &limit) && !setrlimit(RLIMIT_CORE, &none));
	for (unsigned i = 0; i < 4; i++) {
		pid_t child = fork();

		CHECK(child >= 0);
		if (!child) {
			struct sigaction action = {.sa_handler = on_fault, .sa_flags = flags[i]};

			CHECK(!sigaction(SIGSEGV, &action, NULL));
			_exit(recurse(1));
		}
		int status = status_of(child);
		printf("flags %x: signal %d\n", (unsigned)flags[i], WTERMSIG(status));
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	}
	puts("ok");
	return 0;
}
