/* waitid(2) reports a ptrace-stop to a tracer whatever it asks for, by id, group and descriptor,
 * and again after WNOWAIT. wait4(2) reports the time that the tracee has used. */
#include "traced.h"

#include <sys/resource.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static void child(void)
{
	for (int i = 0; i < 3; i++)
		raise(SIGUSR1);
}

static void waits(int type, id_t id, int flags, pid_t pid)
{
	siginfo_t si = {0};

	CHECK(!waitid(type, id, &si, flags | WNOWAIT));
	CHECK(si.si_pid == pid && si.si_code == CLD_TRAPPED && si.si_status == SIGUSR1);
	memset(&si, 0, sizeof(si));
	CHECK(!waitid(type, id, &si, flags));
	CHECK(si.si_pid == pid && si.si_uid == getuid() && si.si_signo == SIGCHLD);
	CHECK(!waitid(type, id, &si, flags | WNOHANG) && !si.si_pid);
	go_on(pid, 0);
}

int main(void)
{
	struct rusage ru;
	int status;
	pid_t pid = stopped_child(child, 0);
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	CHECK(fd >= 0);
	go_on(pid, 0);
	waits(P_PID, (id_t)pid, WEXITED, pid);
	waits(P_PGID, (id_t)getpgrp(), WSTOPPED, pid);
	waits(P_PIDFD, (id_t)fd, WCONTINUED, pid);
	CHECK(wait4(pid, &status, __WALL, &ru) == pid && status == 0);
	CHECK(ru.ru_minflt > 0);

	pid = stopped_child(child, 0);
	go_on(pid, 0);
	memset(&ru, 0xff, sizeof(ru));
	CHECK(wait4(pid, &status, 0, &ru) == pid && WSTOPSIG(status) == SIGUSR1);
	CHECK(ru.ru_minflt > 0 && ru.ru_utime.tv_sec >= 0 && ru.ru_nvcsw >= 0);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, (long)SIGUSR1));
	status = status_of(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
	puts("ok");
	return 0;
}
