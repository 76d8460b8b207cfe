/* SIGCHLD is unblocked only inside pselect, so that it cannot come too early. */
#include "check.h"

#include <signal.h>
#include <sys/select.h>
#include <sys/wait.h>

static volatile sig_atomic_t handled;

static void handler(int sig)
{
	handled = sig;
}

int main(void)
{
	sigset_t block, old;
	int p[2], status;
	fd_set r;

	signal(SIGCHLD, handler);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	CHECK(pipe(p) == 0 && sigprocmask(SIG_BLOCK, &block, &old) == 0);
	pid_t child = fork();
	if (child == 0)
		_exit(5);
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	CHECK(pselect(p[0] + 1, &r, NULL, NULL, NULL, &old) == -1 && errno == EINTR &&
	      handled == SIGCHLD);
	CHECK(waitpid(child, &status, WNOHANG) == child && WEXITSTATUS(status) == 5);
	struct timespec zero = {0, 0};
	CHECK(pselect(p[0] + 1, &r, NULL, NULL, &zero, &old) == 0 && !FD_ISSET(p[0], &r));
	printf("%d\n", child);
	puts("ok");
	return 0;
}
