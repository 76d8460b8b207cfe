/* SIGCHLD's siginfo for a child that exits, is killed, stops and goes on; SA_NOCLDSTOP keeps the
 * last two away. */
#include "check.h"

#include <signal.h>

int main(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
	int codes[] = {CLD_STOPPED, CLD_CONTINUED, CLD_KILLED},
	    signals[] = {SIGSTOP, SIGCONT, SIGKILL}, i;
	siginfo_t info;
	sigset_t set;
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	child = fork();
	CHECK(child >= 0);
	while (!child)
		pause();
	for (i = 0; i < 3; i++) {
		CHECK(!kill(child, signals[i]) && sigwaitinfo(&set, &info) == SIGCHLD);
		printf("code %d status %d pid %d\n", info.si_code, info.si_status,
		       (int)info.si_pid);
		CHECK(info.si_code == codes[i] && info.si_status == signals[i] &&
		      info.si_pid == child);
	}
	CHECK(WTERMSIG(status_of(child)) == SIGKILL);
	CHECK(!sigaction(SIGCHLD, &action, NULL));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		raise(SIGSTOP);
		_exit(40);
	}
	CHECK(waitpid(child, &i, WUNTRACED) == child && WIFSTOPPED(i) && !kill(child, SIGCONT));
	CHECK(sigwaitinfo(&set, &info) == SIGCHLD && info.si_code == CLD_EXITED &&
	      info.si_status == 40);
	CHECK(WEXITSTATUS(status_of(child)) == 40);
	puts("ok");
	return 0;
}
