/* Duplicated and inherited descriptors share one file position. Opening the file once more makes
 * another. */
#include "check.h"
#include "tempdir.h"

#include <sys/wait.h>

int main(void)
{
	char a, b, c;
	int status;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "0123456789", 10) == 10 && lseek(fd, 2, SEEK_SET) == 2);
	int copy = dup(fd), own = open("f", O_RDONLY);
	CHECK(copy >= 0 && own >= 0 && read(copy, &a, 1) == 1 && read(fd, &b, 1) == 1 &&
	      read(own, &c, 1) == 1);
	CHECK(a == '2' && b == '3' && c == '0');
	pid_t child = fork();
	if (child == 0)
		_exit(read(fd, &a, 1) == 1 ? a : 1);
	CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == '4');
	CHECK(read(copy, &a, 1) == 1 && a == '5' && lseek(fd, 0, SEEK_CUR) == 6);
	printf("%d %d %d %c\n", fd, copy, own, a);
	puts("ok");
	return 0;
}
