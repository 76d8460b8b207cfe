/* A shell runs a pipeline of other programs; its output comes through a pipe. */
#include "check.h"

int main(void)
{
	char text[256];
	int fds[2];
	ssize_t got, total = 0;
	pid_t child;

	CHECK(!pipe(fds));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		execl("/bin/sh", "sh", "-c",
		      "(echo c; echo a; echo b) | sort | tr abc xyz; echo $$", NULL);
		_exit(127);
	}
	close(fds[1]);
	while ((got = read(fds[0], text + total, sizeof(text) - 1 - (size_t)total)) > 0)
		total += got;
	text[total] = 0;
	fputs(text, stdout);
	CHECK(!strncmp(text, "x\ny\nz\n", 6) && atoi(text + 6) == child);
	CHECK(status_of(child) == 0);
	puts("ok");
	return 0;
}
