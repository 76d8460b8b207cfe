/* Ignored signals come while a read blocks. It stays blocked and is not restarted. */
#include "check.h"

#include <signal.h>

int main(void)
{
	pid_t reader = getpid();
	int pipes[2];
	char c;

	CHECK(!pipe(pipes));
	CHECK(signal(SIGURG, SIG_IGN) != SIG_ERR);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		for (int i = 0; i < 5; i++) {
			await_sleep(reader);
			CHECK(!kill(reader, i % 2 ? SIGURG : SIGWINCH));
		}
		await_sleep(reader);
		CHECK(write(pipes[1], "x", 1) == 1);
		_exit(0);
	}
	CHECK(read(pipes[0], &c, 1) == 1 && c == 'x');
	CHECK(status_of(pid) == 0);
	puts("ok");
	return 0;
}
