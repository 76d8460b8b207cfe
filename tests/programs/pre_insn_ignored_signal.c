/* A signal that is ignored, and a stop, reach a task just after a nondeterministic instruction: the
 * task goes on with the next one. */
#include "check.h"

#include <signal.h>
#include <sys/mman.h>

#define TIMES 17

/* The rdtsc is jumped to, so that the code after it is displaced together with it. */
static void count(volatile unsigned *turns)
{
	unsigned long now = 0, last;

	for (;;) {
		last = now;
		asm volatile("	jmp 1f\n1:	rdtsc\n	shl $32, %%rdx\n	or %%rdx, %%rax\n"
			     "	incl %1\n	testl $7, %1\n	jnz 1b"
			     : "=&a"(now), "+m"(*turns)
			     :
			     : "rdx", "cc");
		CHECK(now > last);
	}
}

int main(void)
{
	volatile unsigned *turns =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	CHECK(turns != MAP_FAILED);
	CHECK((pid = fork()) >= 0);
	if (pid == 0)
		count(turns);
	for (int i = 0; i < TIMES; i++) {
		unsigned before = *turns;
		while (*turns == before) {
			CHECK(waitpid(pid, &status, WNOHANG) == 0);
			sched_yield();
		}
		CHECK(kill(pid, i % 2 ? SIGWINCH : SIGCONT) == 0);
		if (i % 4)
			continue;
		CHECK(kill(pid, SIGSTOP) == 0);
		CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
		CHECK(kill(pid, SIGCONT) == 0);
	}
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WIFSIGNALED(status_of(pid)));
	puts("ok");
	return 0;
}
