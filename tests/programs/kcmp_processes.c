/* kcmp: parent and child share nothing but what they inherit open; refused is fine. */
#include "check.h"

#include <linux/kcmp.h>
#include <signal.h>
#include <sys/syscall.h>

int main(void)
{
	long same_file, same_memory;
	pid_t child;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		for (;;)
			pause();
	}
	same_file = syscall(SYS_kcmp, getpid(), child, KCMP_FILE, 1, 1);
	CHECK(same_file == 0 || (same_file == -1 && (errno == EPERM || errno == ENOSYS)));
	same_memory = syscall(SYS_kcmp, getpid(), child, KCMP_VM, 0, 0);
	CHECK(same_memory != 0);
	printf("%d and %d: file %ld memory %ld\n", (int)getpid(), (int)child, same_file,
	       same_memory);
	CHECK(!kill(child, SIGKILL) && WTERMSIG(status_of(child)) == SIGKILL);
	puts("ok");
	return 0;
}
