/* A process that has changed user executes another program, which reads /proc/self. */
#include "check.h"

int main(int argc, char **argv)
{
	char *args[] = {"sh", "-c", "id -u; grep TracerPid /proc/self/status; exit 9", NULL};
	pid_t child;

	(void)argc;
	(void)argv;
	if (getuid())
		SKIP("not root");
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!chdir("/") && !setgid(65534) && !setuid(65534));
		execv("/bin/sh", args);
		_exit(127);
	}
	CHECK(WEXITSTATUS(status_of(child)) == 9);
	puts("ok");
	return 0;
}
