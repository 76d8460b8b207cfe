/* The umask applies to new files and directories, and a child inherits it. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/wait.h>

int main(void)
{
	struct stat st;
	mode_t old;

	tempdir_enter();
	old = umask(027);
	CHECK(creat("f", 0666) >= 0 && stat("f", &st) == 0 && (st.st_mode & 0777) == 0640);
	CHECK(mkdir("d", 0777) == 0 && stat("d", &st) == 0 && (st.st_mode & 0777) == 0750);
	pid_t child = fork();
	if (child == 0)
		_exit(umask(0));
	int status;
	CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 027);
	CHECK(umask(old) == 027);
	printf("%o\n", old);
	puts("ok");
	return 0;
}
