/* poll and futex waits with a timeout, stopped and continued: they go on and end with their event.
 */
#include "check.h"

#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

int main(void)
{
	struct timespec minute = {.tv_sec = 60};
	struct pollfd poll_set;
	int status, fds[2], *word, how;
	pid_t child;

	word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(word != MAP_FAILED && !pipe(fds));
	for (how = 0; how < 2; how++) {
		child = fork();
		CHECK(child >= 0);
		if (!child) {
			poll_set = (struct pollfd){.fd = fds[0], .events = POLLIN};
			if (how == 0)
				CHECK(poll(&poll_set, 1, 60000) == 1);
			else
				CHECK(!syscall(SYS_futex, word, FUTEX_WAIT, 0, &minute));
			_exit(how + 1);
		}
		await_sleep(child);
		CHECK(!kill(child, SIGSTOP));
		CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
		CHECK(!kill(child, SIGCONT));
		CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
		if (how == 0)
			CHECK(write(fds[1], "x", 1) == 1);
		while (how && syscall(SYS_futex, word, FUTEX_WAKE, 1) != 1)
			sched_yield();
		CHECK(WEXITSTATUS(status_of(child)) == how + 1);
		printf("child %d went on\n", (int)child);
	}
	puts("ok");
	return 0;
}
