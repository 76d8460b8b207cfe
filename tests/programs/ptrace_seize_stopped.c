/* A tracer attaches to a process that is stopped already: PTRACE_SEIZE and PTRACE_ATTACH report the
 * stop. A process in group-stop stays in it when its tracer detaches. */
#include "traced.h"

static pid_t pid;
static int pipes[2], status;

static void is_stopped(void)
{
	char path[64], text[512], *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	do {
		int fd = open(path, O_RDONLY);
		ssize_t got = read(fd, text, sizeof(text) - 1);
		CHECK(got > 0 && !close(fd));
		text[got] = 0;
		CHECK(state = strrchr(text, ')'));
		CHECK(state[2] != 'S'); /* in its call again */
	} while (state[2] != 'T');
}

int main(void)
{
	siginfo_t si;
	char c;

	CHECK(!pipe(pipes));
	CHECK((pid = fork()) >= 0);
	if (!pid)
		_exit(read(pipes[0], &c, 1) == 1 ? c : 1);
	CHECK(!kill(pid, SIGTSTP));
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WSTOPSIG(status) == SIGTSTP);

	CHECK(!ptrace(PTRACE_SEIZE, pid, NULL, 0L));
	stopped_by(pid, SIGTSTP | PTRACE_EVENT_STOP << 8);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	is_stopped();

	CHECK(!ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	stopped_by(pid, SIGTSTP);
	CHECK(ptrace(PTRACE_GETSIGINFO, pid, NULL, &si) == -1 && errno == EINVAL);
	go_on(pid, 0);
	stopped_by(pid, SIGSTOP); /* of PTRACE_ATTACH */
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si) && si.si_signo == SIGSTOP);
	CHECK(si.si_code == SI_KERNEL || si.si_code == SI_USER);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	kill(pid, SIGCONT);

	CHECK(!ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	stopped_by(pid, SIGSTOP);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, (long)SIGSTOP));
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WSTOPSIG(status) == SIGSTOP);
	is_stopped();
	kill(pid, SIGCONT);
	CHECK(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	CHECK(write(pipes[1], "7", 1) == 1);
	ends_with(pid, '7');
	puts("ok");
	return 0;
}
