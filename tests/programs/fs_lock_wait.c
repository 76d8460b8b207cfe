/* F_SETLKW waits for another process's lock, F_GETLK names its holder, and a cycle is EDEADLK. */
#include "check.h"
#include "tempdir.h"

#include <sys/wait.h>

static int lock(int fd, int cmd, short type, off_t start)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = 10};
	return fcntl(fd, cmd, &l);
}

int main(void)
{
	int ready[2], status;
	char c;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && pipe(ready) == 0 && lock(fd, F_SETLK, F_WRLCK, 0) == 0);
	pid_t child = fork();
	if (child == 0) {
		struct flock l = {
			.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 1};
		CHECK(fcntl(fd, F_GETLK, &l) == 0 && l.l_type == F_WRLCK && l.l_pid == getppid() &&
		      l.l_len == 10);
		CHECK(lock(fd, F_SETLK, F_RDLCK, 5) == -1 && (errno == EAGAIN || errno == EACCES));
		CHECK(lock(fd, F_SETLK, F_WRLCK, 100) == 0 && write(ready[1], "", 1) == 1);
		int first = lock(fd, F_SETLKW, F_WRLCK, 0);
		_exit(first == 0 ? 0 : errno);
	}
	CHECK(read(ready[0], &c, 1) == 1);
	/* One of the two waits would never end: the second one fails. */
	int mine = lock(fd, F_SETLKW, F_WRLCK, 100), deadlock = mine == -1 && errno == EDEADLK;
	CHECK(lock(fd, F_SETLK, F_UNLCK, 0) == 0);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	printf("deadlock seen by %s\n", deadlock ? "parent" : "child");
	CHECK(deadlock ? WEXITSTATUS(status) == 0 : mine == 0 && WEXITSTATUS(status) == EDEADLK);
	puts("ok");
	return 0;
}
