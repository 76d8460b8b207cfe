/* PTRACE_TRACEME: a child stops for its parent at its signals, which the parent reads, suppresses
 * or changes. */
#include "traced.h"

#include <sys/user.h>

static volatile sig_atomic_t got, code, sender;

static void handler(int sig, siginfo_t *si, void *ctx)
{
	(void)ctx;
	got = sig;
	code = si->si_code;
	sender = si->si_pid;
}

static void child(void)
{
	struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};

	CHECK(!sigaction(SIGUSR1, &sa, NULL) && !sigaction(SIGUSR2, &sa, NULL));
	CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	CHECK(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1 && errno == EPERM);
	raise(SIGUSR1); /* suppressed */
	CHECK(got == 0);
	raise(SIGUSR1); /* delivered */
	CHECK(got == SIGUSR1 && code == SI_TKILL && sender == getpid());
	raise(SIGUSR1); /* replaced by another signal */
	CHECK(got == SIGUSR2 && code == SI_USER && sender == getppid());
	raise(SIGUSR1); /* delivered with another siginfo */
	CHECK(got == SIGUSR1 && code == SI_QUEUE && sender == 4711);
	raise(SIGTERM); /* suppressed */
	_exit(7);
}

int main(void)
{
	siginfo_t si;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid)
		child();
	stopped_by(pid, SIGUSR1);
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si));
	CHECK(si.si_signo == SIGUSR1 && si.si_code == SI_TKILL && si.si_pid == pid);
	go_on(pid, 0);
	stopped_by(pid, SIGUSR1);
	go_on(pid, SIGUSR1);
	stopped_by(pid, SIGUSR1);
	go_on(pid, SIGUSR2);
	stopped_by(pid, SIGUSR1);
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si));
	si.si_code = SI_QUEUE;
	si.si_pid = 4711;
	CHECK(!ptrace(PTRACE_SETSIGINFO, pid, NULL, &si));
	go_on(pid, SIGUSR1);
	stopped_by(pid, SIGTERM);
	CHECK(ptrace(PTRACE_CONT, pid, NULL, 100L) == -1 && errno == EIO);
	go_on(pid, 0);
	int status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	CHECK(ptrace(PTRACE_CONT, pid, NULL, 0L) == -1 && errno == ESRCH);
	puts("ok");
	return 0;
}
