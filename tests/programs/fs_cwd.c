/* chdir, fchdir and getcwd, in a directory that another process or a removal does not move. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
	char buf[PATH_MAX], tiny[4];

	tempdir_enter();
	CHECK(mkdir("a", 0700) == 0 && mkdir("a/b", 0700) == 0);
	int here = open(".", O_RDONLY);
	CHECK(chdir("a/b") == 0 && getcwd(buf, sizeof(buf)));
	puts(buf);
	CHECK(!strcmp(buf + strlen(buf) - 4, "/a/b"));
	CHECK(syscall(SYS_getcwd, tiny, sizeof(tiny)) == -1 && errno == ERANGE);
	pid_t child = fork();
	if (child == 0)
		_exit(chdir("/") != 0);
	CHECK(waitpid(child, NULL, 0) == child && getcwd(buf, sizeof(buf)) && strlen(buf) > 4);
	CHECK(rmdir("../b") == 0 && getcwd(buf, sizeof(buf)) == NULL && errno == ENOENT);
	CHECK(fchdir(here) == 0 && access("a", X_OK) == 0);
	CHECK(chdir("nothing") == -1 && errno == ENOENT);
	puts("ok");
	return 0;
}
