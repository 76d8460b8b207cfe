/* alarm(1) ends a computation, by siglongjmp and by its default action. The program sleeps for most
 * of that second. */
#include "preempt.h"

#include <setjmp.h>

static sigjmp_buf out;
static volatile unsigned long turns;

static void leave(int sig)
{
	siglongjmp(out, sig);
}

int main(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		alarm(1);
		usleep(900000);
		for (;;)
			turns++;
	}
	CHECK(child > 0 && signal(SIGALRM, leave) != SIG_ERR);
	if (!sigsetjmp(out, 1)) {
		alarm(1);
		usleep(900000);
		for (;;)
			turns++;
	}
	printf("%lu turns\n", turns);
	status = status_of(child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
	puts("ok");
	return 0;
}
