/* WCONTINUED with a child that waits in a call while it is stopped and continued. */
#include "check.h"

#include <signal.h>

int main(void)
{
	int status, gate[2];
	pid_t child;
	char byte;

	CHECK(!pipe(gate));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(read(gate[0], &byte, 1) == 1);
		_exit(byte);
	}
	await_sleep(child);
	CHECK(!kill(child, SIGSTOP));
	CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	CHECK(!kill(child, SIGCONT));
	CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
	printf("child %d goes on\n", (int)child);
	CHECK(write(gate[1], "\5", 1) == 1);
	CHECK(WEXITSTATUS(status_of(child)) == 5);
	puts("ok");
	return 0;
}
