/* A signal that is unblocked only by epoll_pwait's own mask ends the call. epoll_pwait2 takes
 * nanoseconds. */
#include "check.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

static volatile sig_atomic_t handled;

static void handler(int sig)
{
	handled = sig;
}

int main(void)
{
	int ep = epoll_create1(0);
	struct epoll_event got;
	struct timespec none = {0, 1};
	sigset_t block, open;

	signal(SIGUSR1, handler);
	sigemptyset(&open);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	CHECK(ep >= 0 && sigprocmask(SIG_BLOCK, &block, NULL) == 0 &&
	      kill(getpid(), SIGUSR1) == 0 && !handled);
	CHECK(epoll_wait(ep, &got, 1, 0) == 0 && !handled);
	CHECK(epoll_pwait(ep, &got, 1, -1, &open) == -1 && errno == EINTR && handled == SIGUSR1);
	handled = 0;
	CHECK(kill(getpid(), SIGUSR1) == 0 && !handled);
	long r = syscall(441, ep, &got, 1, &none, &open, 8);
	printf("epoll_pwait2: %ld %s\n", r, r ? strerror(errno) : "");
	CHECK((r == -1 && errno == EINTR && handled) || (r == -1 && errno == ENOSYS));
	CHECK(errno == ENOSYS || syscall(441, ep, &got, 1, &none, &open, 8) == 0);
	CHECK(epoll_wait(ep, &got, 0, 0) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
