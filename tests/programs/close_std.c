/* A program without stdin, stdout and stderr: the numbers are reused. */
#include "check.h"

int main(void)
{
	int fds[2], saved = dup(1);
	pid_t child;
	char text[16] = "";

	CHECK(saved >= 3);
	close(0);
	close(1);
	close(2);
	CHECK(!pipe(fds) && fds[0] == 0 && fds[1] == 1);
	CHECK(open("/dev/null", O_WRONLY) == 2);
	printf("into the pipe\n");
	CHECK(read(0, text, sizeof(text)) == 14);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		close(0);
		close(1);
		close(2);
		CHECK(open("/dev/null", O_RDONLY) == 0);
		_exit(dup(saved) == 1 ? 0 : 1);
	}
	CHECK(status_of(child) == 0);
	CHECK(dup2(saved, 1) == 1);
	printf("%s", text);
	puts("ok");
	return 0;
}
