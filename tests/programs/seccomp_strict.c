/* Strict mode in a child: read, write and exit go on, anything else is SIGKILL. */
#include "check.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

int main(void)
{
	pid_t child;
	int fds[2], status, i;
	char text[8] = "";

	for (i = 0; i < 2; i++) {
		CHECK(!pipe(fds));
		child = fork();
		CHECK(child >= 0);
		if (!child) {
			CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
			syscall(SYS_write, fds[1], "alive", 5);
			if (i)
				syscall(SYS_getpid);
			syscall(SYS_exit, 17);
		}
		close(fds[1]);
		CHECK(read(fds[0], text, sizeof(text)) == 5);
		status = status_of(child);
		printf("child %d %s, status %#x\n", (int)child, text, status);
		CHECK(i ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 17);
	}
	puts("ok");
	return 0;
}
