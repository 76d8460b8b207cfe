/* exec of a script: the interpreter of its first line runs, with its argument and the script's
 * path. */
#include "check.h"

#include <sys/stat.h>

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	char dir[4096], script[4200], out[512];
	int fd, fds[2];
	ssize_t got;
	pid_t child;

	snprintf(dir, sizeof(dir), "%s/script.XXXXXX", tmp ? tmp : "/tmp");
	CHECK(mkdtemp(dir));
	snprintf(script, sizeof(script), "%s/hello", dir);
	CHECK((fd = open(script, O_CREAT | O_WRONLY | O_CLOEXEC, 0700)) >= 0);
	CHECK(dprintf(fd, "#!/bin/sh -e\necho \"$$ $1 $#\"\nfalse\necho not reached\n") > 0 &&
	      !close(fd));
	CHECK(!pipe(fds));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		close(fd);
		dup2(fds[1], 1);
		execl(script, script, "word", "two", (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	CHECK(WEXITSTATUS(status_of(child)) == 1);
	got = read(fds[0], out, sizeof(out) - 1);
	CHECK(got > 0);
	out[got] = 0;
	fputs(out, stdout);
	CHECK(atoi(out) == child && strstr(out, " word 2\n"));
	CHECK(!unlink(script) && !rmdir(dir));
	puts("ok");
	return 0;
}
