/* posix_spawn with attributes: process group, signal mask and defaults are set for the new program.
 */
#include "check.h"

#include <signal.h>
#include <spawn.h>

int main(int argc, char **argv)
{
	char *const args[] = {argv[0], "child", NULL};
	short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	struct sigaction action;
	posix_spawnattr_t attributes;
	sigset_t set;
	pid_t child;

	if (argc > 1) {
		CHECK(!sigprocmask(SIG_SETMASK, NULL, &set) && sigismember(&set, SIGUSR2));
		CHECK(!sigaction(SIGUSR1, NULL, &action) && action.sa_handler == SIG_DFL);
		CHECK(getpgrp() == getpid());
		return 33;
	}
	CHECK(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	CHECK(!posix_spawnattr_init(&attributes) && !posix_spawnattr_setflags(&attributes, flags));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!posix_spawnattr_setsigdefault(&attributes, &set));
	sigaddset(&set, SIGUSR2);
	CHECK(!posix_spawnattr_setsigmask(&attributes, &set));
	CHECK(!posix_spawnattr_setpgroup(&attributes, 0));
	CHECK(!posix_spawn(&child, "/proc/self/exe", NULL, &attributes, args, environ));
	CHECK(WEXITSTATUS(status_of(child)) == 33);
	printf("child %d\n", (int)child);
	puts("ok");
	return 0;
}
