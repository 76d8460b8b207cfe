/* timer [-c CPU] [-t SECONDS] COMMAND...: runs COMMAND on one CPU, with standard output to
 * /dev/null.
 *
 * It prints seconds, peak memory in kB and exit status, separated by tabs. The memory is that of
 * the command itself (VmHWM, sampled) without its children, so that a recorder's is not mixed with
 * that of what it records. After SECONDS its whole process group is killed, and the status is 124.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Memory is sampled often while the program starts, and rarely later. */
#define SAMPLE_MS(seconds) ((seconds) < 0.05 ? 1 : 10)

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static _Noreturn void run(char **argv, int cpu)
{
	int null = open("/dev/null", O_WRONLY);
	cpu_set_t set;

	setpgid(0, 0);
	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : cpu, &set);
	if (cpu >= 0 && sched_setaffinity(0, sizeof(set), &set))
		err(125, "CPU %d", cpu);
	dup2(null, STDOUT_FILENO);
	close(null);
	execvp(argv[0], argv);
	err(127, "%s", argv[0]);
}

/* The peak resident memory of a process in kB; 0 if it is gone. */
static long peak_kb(pid_t pid)
{
	char path[64], text[4096];
	const char *line;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	line = strstr(text, "VmHWM:");
	return line ? atol(line + strlen("VmHWM:")) : 0;
}

int main(int argc, char **argv)
{
	int cpu = -1, opt, status, pidfd;
	double limit = 600, start, end;
	long peak = 0, kb;
	pid_t pid;

	while ((opt = getopt(argc, argv, "+c:t:")) != -1) {
		switch (opt) {
		case 'c': cpu = atoi(optarg); break;
		case 't': limit = atof(optarg); break;
		default: return 125;
		}
	}
	if (optind == argc)
		errx(125, "usage: timer [-c CPU] [-t SECONDS] COMMAND...");
	start = now();
	pid = fork();
	if (pid < 0)
		err(125, "fork");
	if (pid == 0)
		run(argv + optind, cpu);
	pidfd = pidfd_open(pid, 0);
	if (pidfd < 0)
		err(125, "pidfd_open");
	while (poll(&(struct pollfd){pidfd, POLLIN, 0}, 1, SAMPLE_MS(now() - start)) == 0 &&
	       now() - start < limit) {
		kb = peak_kb(pid);
		peak = kb > peak ? kb : peak;
	}
	end = now();
	if (end - start >= limit) {
		kill(-pid, SIGKILL);
		status = 124 << 8;
		waitpid(pid, NULL, 0);
	} else if (waitpid(pid, &status, 0) < 0) {
		err(125, "waitpid");
	}
	printf("%.6f\t%ld\t%d\n", end - start, peak,
	       WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	return 0;
}
