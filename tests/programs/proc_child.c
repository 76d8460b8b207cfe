/* /proc of a child: its state, parent, command line and memory read by /proc/PID/mem. */
#include "check.h"

#include <signal.h>

static volatile long secret = 1;

int main(void)
{
	char path[64], text[1024];
	int fd, parent = 0;
	ssize_t got;
	pid_t child;
	long value;

	secret = 4711;
	child = fork();
	CHECK(child >= 0);
	while (!child)
		pause();
	await_sleep(child);
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	CHECK((fd = open(path, O_RDONLY)) >= 0 && (got = read(fd, text, sizeof(text) - 1)) > 0);
	text[got] = 0;
	printf("%s", text);
	CHECK(sscanf(strrchr(text, ')'), ") S %d", &parent) == 1 && parent == getpid());
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)child);
	if ((fd = open(path, O_RDONLY)) >= 0) {
		CHECK(pread(fd, &value, sizeof(value), (off_t)&secret) == sizeof(value));
		printf("secret %ld\n", value);
		CHECK(value == 4711);
		close(fd);
	}
	CHECK(!kill(child, SIGKILL) && WTERMSIG(status_of(child)) == SIGKILL);
	CHECK(open(path, O_RDONLY) == -1 && errno == ENOENT);
	puts("ok");
	return 0;
}
