/* A tracer follows forks, vforks, threads, an execve, and ends; its tracees' children are not its
 * own. */
#include "check.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

static void *thread(void *arg)
{
	return arg;
}

static void tracee(char *self)
{
	pthread_t t;
	int status;

	raise(SIGSTOP);
	pid_t pid = fork();
	if (!pid)
		_exit(4);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 4);
	pid = vfork();
	if (!pid)
		_exit(5);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 5);
	CHECK(!pthread_create(&t, NULL, thread, NULL) && !pthread_join(t, NULL));
	execl(self, self, "again", NULL);
	_exit(9);
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"stop", "fork",       "vfork", "clone",
					    "exec", "vfork done", "exit"};
	pid_t made[8], ended[8];
	int nmade = 0, nended = 0, counts[8] = {0}, status;
	long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		       PTRACE_O_TRACEEXEC | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT |
		       PTRACE_O_EXITKILL;

	if (argc > 1) {
		puts("another program");
		return 6;
	}
	pid_t pid = fork(), tid;
	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		tracee(argv[0]);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WSTOPSIG(status) == SIGSTOP);
	CHECK(!ptrace(PTRACE_SETOPTIONS, pid, NULL, options));
	CHECK(!ptrace(PTRACE_CONT, pid, NULL, NULL));
	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		unsigned long msg = 0;
		if (WIFEXITED(status)) {
			ended[nended++] = tid;
			if (tid == pid)
				CHECK(WEXITSTATUS(status) == 6);
			continue;
		}
		CHECK(WIFSTOPPED(status));
		int event = status >> 16;
		if (!event) {
			CHECK(WSTOPSIG(status) == SIGSTOP || WSTOPSIG(status) == SIGCHLD);
			CHECK(!ptrace(PTRACE_CONT, tid, NULL,
				      WSTOPSIG(status) == SIGSTOP ? 0L : SIGCHLD));
			continue;
		}
		CHECK(WSTOPSIG(status) == SIGTRAP);
		CHECK(!ptrace(PTRACE_GETEVENTMSG, tid, NULL, &msg));
		counts[event]++;
		switch (event) {
		case PTRACE_EVENT_FORK:
		case PTRACE_EVENT_VFORK:
		case PTRACE_EVENT_CLONE: made[nmade++] = (pid_t)msg; break;
		case PTRACE_EVENT_EXEC: CHECK((pid_t)msg == pid); break;
		case PTRACE_EVENT_EXIT:
			CHECK(tid == pid ? msg == 6 << 8
					 : msg == 4 << 8 || msg == 5 << 8 || msg == 0);
			break;
		default: break;
		}
		CHECK(!ptrace(PTRACE_CONT, tid, NULL, NULL));
	}
	CHECK(errno == ECHILD);
	CHECK(nmade == 3 && nended == 4 && ended[3] == pid);
	for (int i = 0; i < 3; i++) {
		int n = 0;
		for (int j = 0; j < 3; j++)
			n += made[i] == ended[j];
		CHECK(n == 1);
	}
	for (int i = 1; i < 7; i++)
		printf("%s: %d\n", names[i], counts[i]);
	puts("ok");
	return 0;
}
