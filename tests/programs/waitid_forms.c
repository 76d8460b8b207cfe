/* waitid: its siginfo, WNOWAIT leaves the child, WNOHANG with nothing to report leaves si_pid 0. */
#include "check.h"

#include <signal.h>

int main(void)
{
	siginfo_t info = {0};
	int gate[2];
	pid_t child;
	char byte;

	CHECK(!pipe(gate));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(read(gate[0], &byte, 1) == 1);
		_exit(66);
	}
	info.si_pid = 1;
	CHECK(!waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG) && info.si_pid == 0);
	CHECK(write(gate[1], "x", 1) == 1);
	CHECK(!waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) && info.si_pid == child);
	CHECK(!waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) && info.si_pid == child);
	CHECK(!waitid(P_PGID, 0, &info, WEXITED) && info.si_pid == child);
	CHECK(info.si_signo == SIGCHLD && info.si_code == CLD_EXITED && info.si_status == 66);
	printf("%d uid %d status %d\n", (int)info.si_pid, (int)info.si_uid, info.si_status);
	CHECK(waitid(P_PID, (id_t)child, &info, WEXITED) == -1 && errno == ECHILD);
	CHECK(waitid(P_ALL, 0, &info, 0) == -1 && errno == EINVAL);
	child = fork();
	CHECK(child >= 0);
	if (!child)
		raise(SIGKILL);
	CHECK(!waitid(P_PID, (id_t)child, &info, WEXITED));
	CHECK(info.si_code == CLD_KILLED && info.si_status == SIGKILL);
	puts("ok");
	return 0;
}
