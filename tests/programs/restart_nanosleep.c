/* nanosleep of a process stopped and continued goes on (restart_syscall) and sleeps its whole time.
 */
#include "check.h"

#include <signal.h>
#include <time.h>

static long long now(void)
{
	struct timespec time;

	CHECK(!clock_gettime(CLOCK_MONOTONIC, &time));
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(void)
{
	struct timespec sleep = {.tv_nsec = 200000000};
	long long before;
	int status, i;
	pid_t child;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		before = now();
		CHECK(!nanosleep(&sleep, NULL));
		printf("slept %lld ns\n", now() - before);
		CHECK(now() - before >= 200000000);
		_exit(6);
	}
	for (i = 0; i < 3; i++) {
		await_sleep(child);
		CHECK(!kill(child, SIGSTOP));
		CHECK(waitpid(child, &status, WUNTRACED) == child);
		if (!WIFSTOPPED(status))
			break;
		CHECK(!kill(child, SIGCONT));
		CHECK(waitpid(child, &status, WCONTINUED) == child);
		if (!WIFCONTINUED(status))
			break;
	}
	if (i == 3)
		status = status_of(child);
	CHECK(WEXITSTATUS(status) == 6);
	puts("ok");
	return 0;
}
