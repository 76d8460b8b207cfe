/* The first process of a process-id namespace: an instruction that faults ends it, though no other
 * signal without a handler does. */
#include "check.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

static char stack[65536] __attribute__((aligned(16)));

static int init(void *arg)
{
	int sig = *(int *)arg;

	CHECK(getpid() == 1);
	CHECK(!kill(1, SIGTERM) && !kill(1, SIGSTOP) && !raise(SIGUSR1) && !raise(SIGSEGV));
	if (!fork()) {
		kill(1, SIGKILL);
		kill(1, SIGTERM);
		for (;;)
			pause();
	}
	switch (sig) {
	case SIGSEGV: *(volatile int *)8 = 1; break;
	case SIGILL: __asm__ volatile("ud2"); break;
	case SIGTRAP: __asm__ volatile("int3"); break;
	case SIGABRT: abort();
	default: __asm__ volatile("divl %0" ::"r"(0), "a"(1), "d"(0)); break;
	}
	return 1;
}

int main(void)
{
	static const int raised[] = {SIGSEGV, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
	struct rlimit none = {0, 0};

	CHECK(!setrlimit(RLIMIT_CORE, &none));
	for (unsigned i = 0; i < 5; i++) {
		int sig = raised[i], flags = CLONE_NEWPID | SIGCHLD;
		pid_t child = clone(init, stack + sizeof(stack), flags, &sig);

		if (child == -1 && errno == EPERM)
			child = clone(init, stack + sizeof(stack), flags | CLONE_NEWUSER, &sig);
		if (child == -1)
			SKIP("no process-id namespaces");
		int status = status_of(child);
		printf("%d: signal %d\n", sig, WTERMSIG(status));
		CHECK(WIFSIGNALED(status));
		CHECK(WTERMSIG(status) == (sig == SIGABRT ? SIGSEGV : sig));
	}
	puts("ok");
	return 0;
}
