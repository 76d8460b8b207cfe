/* A seized child in group-stop: PTRACE_INTERRUPT reports the signal of the group-stop, whether the
 * child listens or has been continued, and SIGCONT is reported in both cases. */
#include "traced.h"

#define EVENT(sig) ((sig) | PTRACE_EVENT_STOP << 8)

static pid_t pid;

static void interrupt(int sig)
{
	siginfo_t si;

	CHECK(!ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	stopped_by(pid, EVENT(sig));
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si) && si.si_code == EVENT(sig));
}

static void group_stop(int sig)
{
	CHECK(!kill(pid, sig));
	stopped_by(pid, sig);
	go_on(pid, sig);
	stopped_by(pid, EVENT(sig));
}

static void continued(void)
{
	CHECK(!kill(pid, SIGCONT));
	stopped_by(pid, EVENT(SIGTRAP));
	go_on(pid, 0);
	stopped_by(pid, SIGCONT);
	go_on(pid, 0);
}

int main(void)
{
	int pipes[2];
	char c;

	CHECK(!pipe(pipes));
	CHECK((pid = fork()) >= 0);
	if (!pid)
		_exit(read(pipes[0], &c, 1) == 1 ? c : 1);
	CHECK(!ptrace(PTRACE_SEIZE, pid, NULL, 0L));
	group_stop(SIGTSTP);
	CHECK(!ptrace(PTRACE_LISTEN, pid, NULL, NULL));
	interrupt(SIGTSTP);
	CHECK(!ptrace(PTRACE_LISTEN, pid, NULL, NULL));
	continued();
	interrupt(SIGTRAP);
	go_on(pid, 0);
	group_stop(SIGSTOP);
	go_on(pid, 0);
	interrupt(SIGSTOP);
	go_on(pid, 0);
	continued();
	continued(); /* it was not stopped */
	CHECK(write(pipes[1], "7", 1) == 1);
	ends_with(pid, '7');
	puts("ok");
	return 0;
}
