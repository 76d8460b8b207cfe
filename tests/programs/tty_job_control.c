/* A shell's work: a job in the foreground, ^Z, in the background, in the foreground again, and its
 * input. */
#include "check.h"
#include "pty.h"

#include <signal.h>
#include <sys/ioctl.h>

static void shell(int tty)
{
	int status;
	char buf[16] = "";

	CHECK(setsid() == getpid() && ioctl(tty, TIOCSCTTY, 0) == 0);
	signal(SIGTTOU, SIG_IGN);
	pid_t job = fork();
	if (job == 0) {
		CHECK(setpgid(0, 0) == 0 && tcsetpgrp(tty, getpid()) == 0);
		signal(SIGTTOU, SIG_DFL);
		CHECK(write(tty, "running\n", 8) == 8);
		CHECK(read(tty, buf, sizeof(buf)) == 5 && !strcmp(buf, "line\n"));
		_exit(3);
	}
	CHECK(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status) &&
	      WSTOPSIG(status) == SIGTSTP);
	CHECK(tcgetpgrp(tty) == job && tcsetpgrp(tty, getpgrp()) == 0);
	printf("job %d stopped by %d\n", job, WSTOPSIG(status));
	/* In the background its read stops it again. */
	CHECK(kill(-job, SIGCONT) == 0 && waitpid(job, &status, WUNTRACED) == job);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
	CHECK(tcsetpgrp(tty, job) == 0 && kill(-job, SIGCONT) == 0 &&
	      write(tty, "again\n", 6) == 6);
	CHECK(waitpid(job, &status, WUNTRACED) == job && WIFEXITED(status));
	_exit(WEXITSTATUS(status));
}

static void expect(int master, const char *what)
{
	char buf[256] = "";
	size_t got = 0;

	while (!strstr(buf, what))
		CHECK(got < sizeof(buf) - 1 && read(master, buf + got++, 1) == 1);
}

int main(void)
{
	int master, slave = pty_pair(&master), status;
	pid_t child = fork();

	if (child == 0)
		shell(slave);
	expect(master, "running");
	CHECK(write(master, "\032", 1) == 1);
	expect(master, "again");
	CHECK(write(master, "line\n", 5) == 5 && waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	puts("ok");
	return 0;
}
