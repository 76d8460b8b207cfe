/* The program executes a copy of itself in a memory file, by its descriptor. */
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(int argc, char **argv)
{
	char buf[65536], path[64] = "";
	ssize_t n;
	int status;

	if (argc > 1) {
		CHECK(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
		printf("I am %s, argument %s\n", path, argv[1]);
		return strncmp(path, "/memfd:copy", 11) ? 1 : 42;
	}
	int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("copy", MFD_CLOEXEC);
	CHECK(from >= 0 && to >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		CHECK(write(to, buf, n) == n);
	pid_t child = fork();
	if (child == 0) {
		char *args[] = {argv[0], "from memory", NULL};
		fexecve(to, args, environ);
		_exit(1);
	}
	CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 42);
	puts("ok");
	return 0;
}
