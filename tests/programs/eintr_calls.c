/* Calls that never restart are EINTR even with SA_RESTART: pause, poll, select, epoll_wait, sleeps.
 */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

static volatile sig_atomic_t handled;

static void note(int sig)
{
	(void)sig;
	handled++;
}

static int block(int how)
{
	struct timespec hour = {.tv_sec = 3600};
	struct epoll_event event;
	sigset_t set = {0};

	switch (how) {
	case 0: return pause();
	case 1: return poll(NULL, 0, -1);
	case 2: return select(0, NULL, NULL, NULL, NULL);
	case 3: return epoll_wait(epoll_create1(0), &event, 1, -1);
	case 4: return sigsuspend(&set);
	case 5: return nanosleep(&hour, NULL);
	case 6: return clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL) == EINTR ? -1 : 0;
	default: return sigtimedwait(&set, NULL, &hour);
	}
}

int main(void)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
	pid_t child, parent = getpid();
	int how;

	CHECK(!sigaction(SIGUSR1, &action, NULL));
	for (how = 0; how < 8; how++) {
		child = fork();
		CHECK(child >= 0);
		while (!child) {
			await_sleep(parent);
			CHECK(!kill(parent, SIGUSR1));
			sched_yield();
		}
		handled = 0;
		errno = EINTR;
		CHECK(block(how) == -1 && errno == EINTR && handled);
		printf("call %d was interrupted\n", how);
		CHECK(!kill(child, SIGKILL));
		while (waitpid(child, NULL, 0) != child)
			CHECK(errno == EINTR);
	}
	puts("ok");
	return 0;
}
