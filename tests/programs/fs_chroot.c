/* A child changes its root directory and sees only the files in it. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/wait.h>

int main(void)
{
	int status;

	tempdir_enter();
	CHECK(mkdir("root", 0700) == 0 && creat("root/inside", 0600) >= 0);
	pid_t child = fork();
	if (child == 0) {
		char buf[64];
		if (chroot("root"))
			_exit(77);
		CHECK(access("/inside", F_OK) == 0 && access("/etc", F_OK) == -1 &&
		      chdir("/") == 0);
		CHECK(getcwd(buf, sizeof(buf)) && !strcmp(buf, "/"));
		printf("child %d sees /inside\n", getpid());
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	if (WEXITSTATUS(status) == 77)
		TEMPDIR_SKIP("chroot is not permitted");
	CHECK(status == 0 && access("root/inside", F_OK) == 0);
	puts("ok");
	return 0;
}
