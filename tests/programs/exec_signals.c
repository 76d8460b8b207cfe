/* exec resets handlers, keeps ignored signals, the mask and what is pending. */
#include "check.h"

#include <signal.h>

static void handler(int sig)
{
	(void)sig;
}

int main(int argc, char **argv)
{
	char *args[] = {argv[0], "again", NULL};
	struct sigaction action;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	if (argc == 1) {
		CHECK(signal(SIGUSR1, handler) != SIG_ERR && signal(SIGHUP, SIG_IGN) != SIG_ERR);
		CHECK(!sigprocmask(SIG_BLOCK, &set, NULL) && !raise(SIGUSR2));
		execv("/proc/self/exe", args);
		CHECK(!"execv returned");
	}
	CHECK(!sigaction(SIGUSR1, NULL, &action) && action.sa_handler == SIG_DFL);
	CHECK(!sigaction(SIGHUP, NULL, &action) && action.sa_handler == SIG_IGN);
	CHECK(!sigprocmask(SIG_BLOCK, NULL, &set) && sigismember(&set, SIGUSR2));
	CHECK(!sigpending(&set) && sigismember(&set, SIGUSR2) && !sigismember(&set, SIGHUP));
	CHECK(sigwaitinfo(&set, NULL) == SIGUSR2);
	puts("ok");
	return 0;
}
