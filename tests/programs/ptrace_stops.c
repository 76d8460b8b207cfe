/* Traced tasks and stop signals, PTRACE_SEIZE, INTERRUPT and LISTEN. Tasks are killed in a
 * ptrace-stop, tracers end, and WNOWAIT leaves a status to be waited for. */
#include "traced.h"

#include <pthread.h>
#include <sys/syscall.h>

static int status;

static pid_t traced_child(int sig, int result)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(sig);
		_exit(result);
	}
	return pid;
}

static void group_stop(void)
{
	siginfo_t si;
	pid_t pid = traced_child(SIGSTOP, 3);

	stopped_by(pid, SIGSTOP);
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si) && si.si_code == SI_TKILL);
	go_on(pid, SIGSTOP);
	stopped_by(pid, SIGSTOP); /* with its process */
	go_on(pid, 0);
	status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static void killed(void)
{
	pid_t pid = traced_child(SIGUSR1, 3);

	stopped_by(pid, SIGUSR1);
	CHECK(!kill(pid, SIGKILL));
	status = status_of(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void seized(void)
{
	int in[2], out[2];
	char c;
	siginfo_t si = {0};

	CHECK(!pipe(in) && !pipe(out));
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		for (;;) {
			CHECK(read(in[0], &c, 1) == 1);
			if (c == 'q')
				_exit(4);
			CHECK(write(out[1], &c, 1) == 1);
		}
	}
	CHECK(write(in[1], "a", 1) == 1 && read(out[0], &c, 1) == 1);
	CHECK(!ptrace(PTRACE_SEIZE, pid, NULL, 0L));
	CHECK(ptrace(PTRACE_CONT, pid, NULL, NULL) == -1 && errno == ESRCH); /* it runs */
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(!ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	CHECK(!waitid(P_PID, (id_t)pid, &si, WSTOPPED | WNOWAIT));
	CHECK(si.si_pid == pid && si.si_code == CLD_TRAPPED && si.si_signo == SIGCHLD);
	stopped_by(pid, SIGTRAP | PTRACE_EVENT_STOP << 8);
	go_on(pid, 0);
	CHECK(write(in[1], "b", 1) == 1 && read(out[0], &c, 1) == 1 && c == 'b');
	CHECK(!kill(pid, SIGTSTP));
	stopped_by(pid, SIGTSTP);
	go_on(pid, SIGTSTP);
	stopped_by(pid, SIGTSTP | PTRACE_EVENT_STOP << 8);
	CHECK(!ptrace(PTRACE_LISTEN, pid, NULL, NULL));
	CHECK(!kill(pid, SIGCONT));
	stopped_by(pid, SIGTRAP | PTRACE_EVENT_STOP << 8);
	go_on(pid, 0);
	stopped_by(pid, SIGCONT);
	go_on(pid, 0);
	CHECK(write(in[1], "c", 1) == 1 && read(out[0], &c, 1) == 1 && c == 'c');
	CHECK(!ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	stopped_by(pid, SIGTRAP | PTRACE_EVENT_STOP << 8);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	CHECK(write(in[1], "q", 1) == 1);
	status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 4);
}

/* When a tracer ends, its tracees run on, or are killed (PTRACE_O_EXITKILL). */
static void tracer_ends(long options)
{
	int out[2];
	char c = 0;

	CHECK(!pipe(out));
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		pid_t tracee = fork();
		if (!tracee) {
			CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
			raise(SIGSTOP);
			CHECK(write(out[1], "x", 1) == 1);
			_exit(0);
		}
		stopped_by(tracee, SIGSTOP);
		CHECK(!ptrace(PTRACE_SETOPTIONS, tracee, NULL, options));
		_exit(options ? 0 : 1);
	}
	close(out[1]);
	status = status_of(pid);
	CHECK(WIFEXITED(status));
	CHECK(read(out[0], &c, 1) == (options ? 0 : 1));
	close(out[0]);
}

static int reports[2], ends[2];

static void *thread(void *arg)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);
	char c;

	CHECK(write(reports[1], &tid, sizeof(tid)) == sizeof(tid) && read(ends[0], &c, 1) == 1);
	return arg;
}

/* It is a grandchild, so only its tracer role allows to wait for it. */
static void thread_of_child(void)
{
	pthread_t t;
	pid_t tid;
	char c;

	CHECK(!pipe(reports) && !pipe(ends));
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!pthread_create(&t, NULL, thread, NULL) && !pthread_join(t, NULL));
		CHECK(read(ends[0], &c, 1) == 1); /* its process lives on */
		_exit(2);
	}
	CHECK(read(reports[0], &tid, sizeof(tid)) == sizeof(tid));
	CHECK(waitpid(tid, &status, __WALL | WNOHANG) == -1 && errno == ECHILD);
	CHECK(!ptrace(PTRACE_SEIZE, tid, NULL, 0L));
	CHECK(waitpid(tid, &status, __WALL | WNOHANG) == 0);
	CHECK(write(ends[1], "x", 1) == 1);
	CHECK(waitpid(tid, &status, __WALL) == tid && status == 0);
	CHECK(write(ends[1], "x", 1) == 1);
	status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}

int main(void)
{
	group_stop();
	killed();
	seized();
	tracer_ends(PTRACE_O_EXITKILL);
	thread_of_child();
	puts("ok");
	return 0;
}
