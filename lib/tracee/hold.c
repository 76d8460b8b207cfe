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

bool hold_has_user(void)
{
	return isatty(STDERR_FILENO) && isatty(STDIN_FILENO) &&
	       tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* Untraced tasks would outlive this process if it is killed. So another process waits until the
 * other end of the pipe is closed, and then kills them. pidfds (pidfd_open(2)) cannot mean another
 * process later. */
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

/* Detaches from the task, which is stopped by SIGSTOP before it executes another instruction.
 * Returns a pidfd; -1 for a thread. */
static int detach_stopped(const struct held_task *k)
{
	int fd = k->tid == k->pid ? (int)syscall(SYS_pidfd_open, k->tid, 0) : -1;

	kill(k->pid, SIGSTOP);
	ptrace(PTRACE_DETACH, k->tid, NULL, NULL);
	return fd;
}

/* Waits for the user: for a typed line or end of file, one of the signals, or the end of all tasks.
 * `tasks` has room for two more. */
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
	static struct pollfd tasks[HOLD_MAX + 2]; /* static, because the heap may be damaged */
	bool typed = hold_has_user();
	sigset_t ends, old;
	size_t n = 0;
	int alive[2];

	/* Blocked from here on, for wait_for_user(): the process must not end before the tasks are
	 * watched over. */
	sigemptyset(&ends);
	for (const int *s = (const int[]){SIGINT, SIGTERM, SIGHUP, SIGQUIT, 0}; *s; s++)
		sigaddset(&ends, *s);
	sigprocmask(SIG_BLOCK, &ends, &old);
	for (size_t i = 0; i < nv && n < HOLD_MAX; i++) {
		int fd = detach_stopped(&v[i]);
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
		warn("its tasks cannot be kept stopped");
	}
	for (size_t i = 0; i < n; i++)
		if (tasks[i].fd >= 0)
			close(tasks[i].fd);
	sigprocmask(SIG_SETMASK, &old, NULL);
}
