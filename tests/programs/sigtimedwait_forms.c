/* sigtimedwait: a pending signal at once, EAGAIN after the time, EINTR by another signal's handler.
 */
#include "check.h"

#include <signal.h>
#include <time.h>

static void note(int sig)
{
	(void)sig;
}

int main(void)
{
	struct timespec none = {0}, moment = {.tv_nsec = 2000000}, hour = {.tv_sec = 3600};
	pid_t child, parent = getpid();
	siginfo_t info;
	sigset_t set;

	CHECK(signal(SIGUSR2, note) != SIG_ERR);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK(sigtimedwait(&set, &info, &none) == -1 && errno == EAGAIN);
	CHECK(sigtimedwait(&set, &info, &moment) == -1 && errno == EAGAIN);
	CHECK(!raise(SIGUSR1));
	CHECK(sigtimedwait(&set, &info, &none) == SIGUSR1 && info.si_pid == parent);
	child = fork();
	CHECK(child >= 0);
	while (!child) {
		await_sleep(parent);
		CHECK(!kill(parent, SIGUSR2));
		sched_yield();
	}
	CHECK(sigtimedwait(&set, &info, &hour) == -1 && errno == EINTR);
	CHECK(!kill(child, SIGKILL));
	while (waitpid(child, NULL, 0) != child)
		CHECK(errno == EINTR);
	printf("child %d\n", (int)child);
	puts("ok");
	return 0;
}
