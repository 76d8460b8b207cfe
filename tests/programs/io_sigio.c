/* O_ASYNC: a child's write raises the signal of F_SETSIG in its parent. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

static volatile sig_atomic_t got, on_fd, band;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)context;
	got = sig;
	on_fd = info->si_fd;
	band = info->si_band;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
	sigset_t set, old;
	int sv[2];

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 2);
	CHECK(sigaction(SIGRTMIN + 2, &sa, NULL) == 0 && sigprocmask(SIG_BLOCK, &set, &old) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	CHECK(fcntl(sv[0], F_SETOWN, getpid()) == 0 && fcntl(sv[0], F_SETSIG, SIGRTMIN + 2) == 0);
	CHECK(fcntl(sv[0], F_SETFL, O_ASYNC | O_NONBLOCK) == 0);
	pid_t child = fork();
	if (child == 0)
		_exit(write(sv[1], "hello", 5) != 5);
	while (!got)
		sigsuspend(&old);
	CHECK(got == SIGRTMIN + 2 && on_fd == sv[0] && waitpid(child, NULL, 0) == child);
	printf("signal %d for descriptor %d band %x\n", (int)got, (int)on_fd, (int)band);
	puts("ok");
	return 0;
}
