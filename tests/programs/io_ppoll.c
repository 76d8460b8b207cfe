/* The raw ppoll writes the remaining time. A pending signal that its mask unblocks ends it. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

static volatile sig_atomic_t handled;

static void handler(int sig)
{
	handled = sig;
}

int main(void)
{
	int p[2];
	struct timespec long_time = {1000, 0}, zero = {0, 0};
	sigset_t block, open;

	signal(SIGUSR2, handler);
	sigemptyset(&open);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR2);
	CHECK(pipe(p) == 0 && sigprocmask(SIG_BLOCK, &block, NULL) == 0);
	struct pollfd set = {p[0], POLLIN, 0};
	CHECK(ppoll(&set, 1, &zero, &open) == 0);
	CHECK(raise(SIGUSR2) == 0 && !handled);
	CHECK(ppoll(&set, 1, NULL, &open) == -1 && errno == EINTR && handled == SIGUSR2);
	CHECK(write(p[1], "x", 1) == 1);
	CHECK(syscall(SYS_ppoll, &set, 1, &long_time, NULL, 0) == 1 && set.revents == POLLIN);
	CHECK(long_time.tv_sec <= 1000 && long_time.tv_sec > 900);
	printf("left %ld.%09ld\n", long_time.tv_sec, long_time.tv_nsec);
	puts("ok");
	return 0;
}
