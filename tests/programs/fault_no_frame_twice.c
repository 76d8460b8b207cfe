/* A signal that an instruction raises finds no room for its frame. SIGSEGV takes its place: its
 * handler runs on an alternate stack, or finds no room either, and the process dies. */
#include "check.h"

#include <signal.h>
#include <sys/resource.h>

static char alternate[65536];

static void on_fault(int sig)
{
	_exit(sig);
}

/* Divides by zero, executes an undefined instruction or reads from 0, the stack pointer being 8. */
static void raise_without_stack(int sig)
{
	if (sig == SIGFPE)
		__asm__ volatile("mov $8, %%esp; xor %%ecx, %%ecx; divl %%ecx" ::: "rcx", "memory");
	else if (sig == SIGILL)
		__asm__ volatile("mov $8, %%esp; ud2" ::: "memory");
	else
		__asm__ volatile("mov $8, %%esp; mov 0, %%eax" ::: "rax", "memory");
}

int main(void)
{
	static const int raised[] = {SIGFPE, SIGILL, SIGSEGV};
	struct rlimit none = {0, 0};

	CHECK(!setrlimit(RLIMIT_CORE, &none));
	for (unsigned i = 0; i < 9; i++) {
		int sig = raised[i % 3], how = (int)i / 3;
		pid_t child = fork();

		CHECK(child >= 0);
		if (!child) {
			stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)};
			struct sigaction action = {.sa_handler = on_fault};

			CHECK(!sigaltstack(&stack, NULL) && !sigaction(sig, &action, NULL));
			action.sa_flags = how == 2 ? SA_ONSTACK : 0;
			CHECK(!how || !sigaction(SIGSEGV, &action, NULL));
			raise_without_stack(sig);
		}
		int status = status_of(child);
		printf("%d, %d: signal %d, status %d\n", sig, how, WTERMSIG(status),
		       WEXITSTATUS(status));
		CHECK(how == 2 ? WEXITSTATUS(status) == SIGSEGV : WTERMSIG(status) == SIGSEGV);
	}
	puts("ok");
	return 0;
}
