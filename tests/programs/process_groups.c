/* setpgid: own group, joining another's, and the errors; kill(-group) reaches all of it. */
#include "check.h"

#include <signal.h>

static pid_t make(pid_t group)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (!child) {
		for (;;)
			pause();
	}
	CHECK(!setpgid(child, group));
	return child;
}

int main(void)
{
	pid_t outside = make(getpgrp()), a = make(0), b = make(a);

	CHECK(getpgid(a) == a && getpgid(b) == a && getpgid(outside) == getpgrp());
	CHECK(setpgid(a, 1 << 30) == -1 && errno == EPERM);
	CHECK(setpgid(1 << 30, 0) == -1 && errno == ESRCH);
	CHECK(getsid(a) == getsid(0));
	CHECK(!kill(-a, SIGTERM));
	CHECK(WTERMSIG(status_of(a)) == SIGTERM);
	CHECK(WTERMSIG(status_of(b)) == SIGTERM);
	CHECK(waitpid(outside, NULL, WNOHANG) == 0);
	CHECK(kill(-a, 0) == -1 && errno == ESRCH);
	CHECK(!kill(outside, SIGKILL) && WTERMSIG(status_of(outside)) == SIGKILL);
	printf("group %d with %d; %d outside\n", (int)a, (int)b, (int)outside);
	puts("ok");
	return 0;
}
