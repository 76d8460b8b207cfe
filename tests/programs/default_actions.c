/* The default action of each signal on a child: end it, stop it, or nothing. The child is in its
 * own process group, so that stop signals work: its parent is in the same session. */
#include "check.h"

#include <signal.h>
#include <sys/prctl.h>

int main(void)
{
	int sig, status, gate[2];
	pid_t child;
	char byte;

	for (sig = 1; sig < 32; sig++) {
		CHECK(!pipe(gate));
		child = fork();
		CHECK(child >= 0);
		if (!child) {
			CHECK(!close(gate[1]) && !setpgid(0, 0) && !prctl(PR_SET_DUMPABLE, 0));
			signal(sig, SIG_DFL);
			CHECK(read(gate[0], &byte, 1) == 1);
			raise(sig);
			_exit(0);
		}
		CHECK(write(gate[1], "x", 1) == 1 && waitpid(child, &status, WUNTRACED) == child);
		if (WIFSTOPPED(status)) {
			printf("%d stops\n", sig);
			CHECK(WSTOPSIG(status) == sig && !kill(child, SIGKILL));
			CHECK(WTERMSIG(status_of(child)) == SIGKILL);
		} else {
			printf("%d %s\n", sig, WIFSIGNALED(status) ? "ends" : "is ignored");
			CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == sig
						  : WEXITSTATUS(status) == 0);
			CHECK(WIFSIGNALED(status) || (sig == SIGCHLD || sig == SIGCONT ||
						      sig == SIGURG || sig == SIGWINCH));
		}
		close(gate[0]);
		close(gate[1]);
	}
	puts("ok");
	return 0;
}
