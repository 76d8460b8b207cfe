/* /proc/PID/stat and status show the state of another process: running, sleeping, stopped. */
#include "check.h"

#include <signal.h>

/* The letter in stat, which status also has, with its name. */
static int state(pid_t pid, const char *name)
{
	char path[64], text[2048], *at;
	const char *const files[] = {"stat", "status"};
	int found = 0;

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, files[i]);
		int fd = open(path, O_RDONLY);
		ssize_t n = read(fd, text, sizeof(text) - 1);
		CHECK(n > 0 && !close(fd));
		text[n] = 0;
		CHECK(at = i ? strstr(text, "State:\t") + strlen("State:\t")
			     : strrchr(text, ')') + 2);
		found += i ? !strncmp(at, name, strlen(name)) : *at == *name;
		CHECK(*at != 't');
	}
	return found == 2;
}

int main(void)
{
	int pipes[2], status;
	char c;

	CHECK(!pipe(pipes));
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		CHECK(read(pipes[0], &c, 1) == 1);
		for (;;)
			;
	}
	while (!state(pid, "S (sleeping)"))
		sched_yield();
	CHECK(write(pipes[1], "x", 1) == 1);
	while (!state(pid, "R (running)"))
		sched_yield();
	CHECK(!kill(pid, SIGSTOP) && waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(state(pid, "T (stopped)"));
	CHECK(!kill(pid, SIGKILL));
	status_of(pid);
	puts("ok");
	return 0;
}
