/* A signal of another kind comes while the stack pointer is unusable: its frame cannot be pushed,
 * and SIGSEGV ends the process, or its handler runs on an alternate stack. */
#include "check.h"

#include <signal.h>
#include <sys/resource.h>

static char alternate[65536];

static void on_signal(int sig)
{
	_exit(sig);
}

/* Sends sig to itself by a call, the stack pointer being 8. */
static void send_without_stack(int sig)
{
	long pid = getpid(), nr = 62; /* kill */

	__asm__ volatile("mov %%rsp, %%rbx; mov $8, %%esp; syscall; mov %%rbx, %%rsp"
			 : "+a"(nr)
			 : "D"(pid), "S"((long)sig)
			 : "rbx", "rcx", "r11", "memory");
}

int main(void)
{
	struct rlimit none = {0, 0};

	CHECK(!setrlimit(RLIMIT_CORE, &none));
	for (int handled = 0; handled < 3; handled++) {
		pid_t child = fork();

		CHECK(child >= 0);
		if (!child) {
			stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)};
			struct sigaction action = {.sa_handler = on_signal};

			CHECK(!sigaction(SIGUSR1, &action, NULL));
			action.sa_flags = handled == 2 ? SA_ONSTACK : 0;
			CHECK(!sigaltstack(&stack, NULL));
			CHECK(!handled || !sigaction(SIGSEGV, &action, NULL));
			send_without_stack(SIGUSR1);
			_exit(0);
		}
		int status = status_of(child);
		printf("%d: signal %d, status %d\n", handled, WTERMSIG(status),
		       WEXITSTATUS(status));
		CHECK(handled == 2 ? WEXITSTATUS(status) == SIGSEGV : WTERMSIG(status) == SIGSEGV);
	}
	puts("ok");
	return 0;
}
