#include "tracee/hold.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Somebody is there to read what is said and to end it. */
bool hold_has_user(void)
{
	return isatty(STDERR_FILENO) && isatty(STDIN_FILENO) &&
	       tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* Tasks that nobody traces would outlive us, were we killed: another process ends them when nobody
 * holds the pipe's other end any more. A descriptor of a process means no other (pidfd_open(2)). */
static pid_t watch_over(const struct pollfd *tasks, size_t n, const int alive[2])
{
	char c;

	pid_t pid = _Fork();
	if (pid)
		return pid;
	setsid();
	close(alive[1]);
	while (read(alive[0], &c, 1) < 0 && errno == EINTR)
		;
	for (size_t i = 0; i < n; i++)
		syscall(SYS_pidfd_send_signal, tasks[i].fd, SIGKILL, NULL, 0);
	_exit(0);
}

/* Stopped from now on, without a tracer. The stop comes before any instruction. Returns a
 * descriptor of the process; -1 for a thread. */
static int let_go(const struct held_task *k)
{
	int fd = k->tid == k->pid ? (int)syscall(SYS_pidfd_open, k->tid, 0) : -1;

	kill(k->pid, SIGSTOP);
	ptrace(PTRACE_DETACH, k->tid, NULL, NULL);
	return fd;
}

/* Until the user has seen enough: a line or the end of what is typed, one of the signals, or the
 * end of all tasks. tasks has room for two more. */
static void wait_for_user(struct pollfd *tasks, size_t n, const sigset_t *ends, bool typed)
{
	int signals = signalfd(-1, ends, SFD_CLOEXEC);
	size_t left = n;

	tasks[n] = (struct pollfd){signals, POLLIN, 0};
	tasks[n + 1] = (struct pollfd){typed ? STDIN_FILENO : -1, POLLIN, 0};
	while (left && signals >= 0) {
		if (poll(tasks, n + 2, -1) < 0 && errno != EINTR)
			break;
		if (tasks[n].revents || tasks[n + 1].revents)
			break;
		for (size_t i = 0; i < n; i++)
			if (tasks[i].revents) {
				close(tasks[i].fd);
				tasks[i].fd = -1;
				left--;
			}
	}
	struct signalfd_siginfo si;
	if (signals >= 0 && tasks[n].revents)
		(void)!read(signals, &si, sizeof(si));
	if (tasks[n + 1].revents)
		tcflush(STDIN_FILENO, TCIFLUSH);
	close(signals);
}

static void print_lines(const struct held_task *v, size_t n, bool typed)
{
	fprintf(stderr, "%s: its tasks are stopped where they are:\n",
		program_invocation_short_name);
	for (size_t i = 0; i < n; i++)
		if (v[i].tid == v[i].pid)
			fprintf(stderr, "  gdb -p %d\t# %s\n", v[i].pid, v[i].what);
	fprintf(stderr, "%s: %s^C ends them\n", program_invocation_short_name,
		typed ? "Enter or " : "");
}

void hold_tasks(const struct held_task *v, size_t nv)
{
	static struct pollfd tasks[HOLD_MAX + 2]; /* there may be no heap to rely on any more */
	bool typed = hold_has_user();
	sigset_t ends, old;
	size_t n = 0;
	int alive[2];

	/* One that comes from here on is for wait_for_user(): it must not come between a task and
	 * who watches over it. */
	sigemptyset(&ends);
	for (const int *s = (const int[]){SIGINT, SIGTERM, SIGHUP, SIGQUIT, 0}; *s; s++)
		sigaddset(&ends, *s);
	sigprocmask(SIG_BLOCK, &ends, &old);
	for (size_t i = 0; i < nv && n < HOLD_MAX; i++) {
		int fd = let_go(&v[i]);
		if (fd >= 0)
			tasks[n++] = (struct pollfd){fd, POLLIN, 0};
	}
	pid_t watcher = pipe2(alive, O_CLOEXEC) ? -1 : watch_over(tasks, n, alive);
	if (watcher > 0) {
		print_lines(v, nv, typed);
		wait_for_user(tasks, n, &ends, typed);
		close(alive[0]);
		close(alive[1]);
		while (waitpid(watcher, NULL, 0) < 0 && errno == EINTR)
			;
	} else {
		warn("its tasks cannot be kept");
	}
	for (size_t i = 0; i < n; i++)
		if (tasks[i].fd >= 0)
			close(tasks[i].fd);
	sigprocmask(SIG_SETMASK, &old, NULL);
}
