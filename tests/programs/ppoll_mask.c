/* ppoll, pselect and epoll_pwait let a blocked signal in while they wait, and only then. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>

static volatile sig_atomic_t handled;

static void note(int sig)
{
	(void)sig;
	handled++;
}

int main(void)
{
	struct epoll_event event;
	sigset_t set, none, now;
	int epoll = epoll_create1(0), how, result;

	CHECK(epoll >= 0 && signal(SIGUSR1, note) != SIG_ERR);
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	for (how = 0; how < 4; how++) {
		CHECK(!raise(SIGUSR1));
		CHECK(handled == how);
		if (how == 0)
			result = ppoll(NULL, 0, NULL, &none);
		else if (how == 1)
			result = pselect(0, NULL, NULL, NULL, NULL, &none);
		else if (how == 2)
			result = epoll_pwait(epoll, &event, 1, -1, &none);
		else
			result = epoll_pwait2(epoll, &event, 1, NULL, &none);
		if (how == 3 && errno == ENOSYS)
			break;
		CHECK(result == -1 && errno == EINTR && handled == how + 1);
		CHECK(!sigprocmask(SIG_BLOCK, NULL, &now) && sigismember(&now, SIGUSR1));
		printf("call %d\n", how);
	}
	puts("ok");
	return 0;
}
