/* A child that has ended and is not reaped: it can be signalled and seen, and is gone when reaped.
 */
#include "check.h"

#include <signal.h>

int main(void)
{
	siginfo_t info = {0};
	char path[64], text[256], *state;
	pid_t child;
	int fd;

	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(1);
	CHECK(!waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
	CHECK(!kill(child, 0) && !kill(child, SIGKILL));
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	CHECK((fd = open(path, O_RDONLY)) >= 0);
	CHECK(read(fd, text, sizeof(text) - 1) > 0 && (state = strrchr(text, ')')));
	printf("%d is %c\n", (int)child, state[2]);
	CHECK(state[2] == 'Z');
	close(fd);
	CHECK(WEXITSTATUS(status_of(child)) == 1);
	CHECK(kill(child, 0) == -1 && errno == ESRCH);
	puts("ok");
	return 0;
}
