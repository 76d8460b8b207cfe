/* nice, getpriority and setpriority of process, group and user; ioprio too. */
#include "check.h"

#include <sys/resource.h>
#include <sys/syscall.h>

int main(void)
{
	int before;
	pid_t child;

	errno = 0;
	before = getpriority(PRIO_PROCESS, 0);
	CHECK(!errno);
	printf("priority %d\n", before);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(nice(3) == before + 3 && getpriority(PRIO_PROCESS, 0) == before + 3);
		CHECK(!setpriority(PRIO_PROCESS, 0, before + 5));
		CHECK(nice(0) == before + 5);
		_exit(6);
	}
	CHECK(WEXITSTATUS(status_of(child)) == 6);
	CHECK(getpriority(PRIO_PROCESS, 0) == before);
	errno = 0;
	printf("group %d", getpriority(PRIO_PGRP, 0));
	printf(" user %d\n", getpriority(PRIO_USER, 0));
	CHECK(!errno);
	CHECK(getpriority(9, 0) == -1 && errno == EINVAL);
	errno = 0;
	CHECK(getpriority(PRIO_PROCESS, 1 << 30) == -1 && errno == ESRCH);
	printf("ioprio %ld\n", syscall(SYS_ioprio_get, 1, 0));
	puts("ok");
	return 0;
}
