/* nanosleep cut short by a handler gives what remains; the rest can be slept. */
#include "check.h"

#include <signal.h>
#include <time.h>

static void note(int sig)
{
	(void)sig;
}

int main(void)
{
	struct timespec hour = {.tv_sec = 3600}, left = {0}, left_too = {0};
	pid_t child, parent = getpid();

	CHECK(signal(SIGUSR1, note) != SIG_ERR);
	child = fork();
	CHECK(child >= 0);
	while (!child) {
		await_sleep(parent);
		CHECK(!kill(parent, SIGUSR1));
		sched_yield();
	}
	CHECK(nanosleep(&hour, &left) == -1 && errno == EINTR);
	printf("left %ld.%09ld\n", (long)left.tv_sec, left.tv_nsec);
	CHECK(left.tv_sec > 3000 && left.tv_sec <= 3600);
	CHECK(clock_nanosleep(CLOCK_REALTIME, 0, &left, &left_too) == EINTR);
	printf("left %ld.%09ld\n", (long)left_too.tv_sec, left_too.tv_nsec);
	CHECK(left_too.tv_sec > 3000 && left_too.tv_sec <= 3600);
	CHECK(!kill(child, SIGKILL));
	while (waitpid(child, NULL, 0) != child)
		CHECK(errno == EINTR);
	puts("ok");
	return 0;
}
