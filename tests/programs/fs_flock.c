/* The child blocks in flock until its parent unlocks. */
#include "check.h"
#include "tempdir.h"

#include <sys/file.h>
#include <sys/wait.h>

int main(void)
{
	int ready[2], status;
	char c;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && flock(fd, LOCK_EX) == 0 && pipe(ready) == 0);
	pid_t child = fork();
	if (child == 0) {
		int own = open("f", O_RDWR);
		CHECK(flock(own, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK);
		CHECK(flock(fd, LOCK_EX | LOCK_NB) == 0);
		CHECK(write(ready[1], "", 1) == 1);
		CHECK(flock(own, LOCK_EX) == 0 && pread(own, &c, 1, 0) == 1 && c == '!');
		_exit(0);
	}
	CHECK(read(ready[0], &c, 1) == 1 && pwrite(fd, "!", 1, 0) == 1 && flock(fd, LOCK_UN) == 0);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(flock(fd, LOCK_SH) == 0);
	printf("child %d\n", child);
	puts("ok");
	return 0;
}
