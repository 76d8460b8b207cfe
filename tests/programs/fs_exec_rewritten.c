/* One path is executed three times with different contents, and cannot be written while it runs. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/wait.h>

static int run(const char *text)
{
	int fd = open("script", O_WRONLY | O_CREAT | O_TRUNC, 0700), status;

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
	pid_t child = fork();
	if (child == 0) {
		execl("./script", "script", "word", NULL);
		_exit(errno == ENOEXEC ? 99 : 98);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

int main(void)
{
	tempdir_enter();
	CHECK(run("#!/bin/sh\necho first $1\nexit 3\n") == 3);
	CHECK(run("#!/bin/sh\necho second $1 $$\nexit 4\n") == 4);
	CHECK(run("no interpreter at all\n") == 99);
	CHECK(run("#!/nonexistent/interpreter\n") == 98);
	puts("ok");
	return 0;
}
