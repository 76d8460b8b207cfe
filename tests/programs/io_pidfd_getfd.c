/* pidfd_getfd copies a descriptor of another process. */
#include "check.h"

#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
	int hold[2], reports[2], number;
	char back[8] = "";

	CHECK(pipe(hold) == 0 && pipe(reports) == 0);
	pid_t child = fork();
	if (child == 0) {
		int own[2];
		CHECK(close(hold[1]) == 0 && pipe(own) == 0 && write(own[1], "inside", 6) == 6);
		CHECK(write(reports[1], &own[0], sizeof(int)) == sizeof(int));
		_exit(read(hold[0], back, 1));
	}
	CHECK(read(reports[0], &number, sizeof(number)) == sizeof(number));
	int process = syscall(SYS_pidfd_open, child, 0);
	int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, number, 0),
	    error = errno;
	if (fd >= 0)
		CHECK(read(fd, back, 6) == 6 && !strcmp(back, "inside"));
	CHECK(close(hold[1]) == 0 && waitpid(child, NULL, 0) == child);
	if (fd < 0) {
		CHECK(error == ENOSYS || error == EPERM);
		SKIP("no pidfd_getfd");
	}
	printf("descriptor %d of %d is %d here: %s\n", number, child, fd, back);
	puts("ok");
	return 0;
}
