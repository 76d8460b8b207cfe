/* Signals that are ignored, by default or by choice, and a stop with continue do not disturb a
 * blocked read.
 */
#include "check.h"

#include <signal.h>

int main(void)
{
	int signals[] = {SIGWINCH, SIGURG, SIGCONT, SIGUSR1, SIGCHLD}, fds[2], status;
	pid_t child;
	char byte;
	size_t i;

	CHECK(!pipe(fds) && signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(read(fds[0], &byte, 1) == 1);
		_exit(byte);
	}
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		await_sleep(child);
		CHECK(!kill(child, signals[i]));
	}
	await_sleep(child);
	CHECK(!kill(child, SIGSTOP) && waitpid(child, &status, WUNTRACED) == child &&
	      WIFSTOPPED(status));
	CHECK(!kill(child, SIGCONT) && waitpid(child, &status, WCONTINUED) == child &&
	      WIFCONTINUED(status));
	CHECK(write(fds[1], "\7", 1) == 1);
	CHECK(WEXITSTATUS(status_of(child)) == 7);
	printf("child %d was not disturbed\n", (int)child);
	puts("ok");
	return 0;
}
