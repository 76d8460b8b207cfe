/* What the kernel says of a program under seccomp: prctl(2), and /proc/PID/status, however it is
 * read. */
#include "filter.h"

/* The number in that field, read by pieces of that many bytes. */
static int field(pid_t pid, const char *name, size_t piece)
{
	char path[64], text[8192];
	size_t n = 0;
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	int fd = open(path, O_RDONLY);
	CHECK(fd >= 0);
	while ((got = read(fd, text + n, piece)) > 0)
		n += (size_t)got;
	text[n] = 0;
	char *line = strstr(text, name);
	CHECK(line);
	close(fd);
	return atoi(line + strlen(name));
}

static void is_shown(pid_t pid, int mode, int filters, int privileges)
{
	static const size_t pieces[] = {8000, 100, 1};
	size_t i;

	for (i = 0; i < 3; i++) {
		CHECK(field(pid, "\nTracerPid:\t", pieces[i]) == 0);
		CHECK(field(pid, "\nSeccomp:\t", pieces[i]) == mode);
		CHECK(field(pid, "\nSeccomp_filters:\t", pieces[i]) == filters);
		CHECK(field(pid, "\nNoNewPrivs:\t", pieces[i]) == privileges);
	}
}

int main(void)
{
	int fds[2];
	char byte;

	is_shown(getpid(), 0, 0, 0);
	CHECK(!pipe(fds));
	pid_t pid = fork();
	if (!pid) {
		CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
		read(fds[0], &byte, 1);
		syscall(SYS_exit, 0);
	}
	await_sleep(pid);
	is_shown(pid, 1, 0, 0);
	CHECK(write(fds[1], "x", 1) == 1 && status_of(pid) == 0);
	CHECK(!filter_install(0, SYS_getpriority, SECCOMP_RET_ERRNO | 90, 0));
	CHECK(!filter_install(0, SYS_getpriority, SECCOMP_RET_ERRNO | 91, 0));
	is_shown(getpid(), 2, 2, 1);
	CHECK(prctl(PR_GET_SECCOMP) == 2 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	puts("ok");
	return 0;
}
