/* wait4 by pid, any, group, with WNOHANG and rusage, and its result with nothing to wait for. */
#include "check.h"

#include <sys/resource.h>

static pid_t make(int gate, int status)
{
	pid_t child = fork();
	char byte;

	CHECK(child >= 0);
	if (child)
		return child;
	CHECK(read(gate, &byte, 1) == 1);
	_exit(status);
}

int main(void)
{
	struct rusage usage;
	int gate[2], status = 1234;
	pid_t a, b;

	CHECK(!pipe(gate));
	a = make(gate[0], 1);
	CHECK(wait4(a, &status, WNOHANG, &usage) == 0 && status == 1234);
	CHECK(wait4(-1, &status, WNOHANG, NULL) == 0);
	CHECK(write(gate[1], "x", 1) == 1);
	CHECK(wait4(a, &status, 0, &usage) == a && WEXITSTATUS(status) == 1);
	printf("%d: utime %ld us stime %ld us\n", (int)a, (long)usage.ru_utime.tv_usec,
	       (long)usage.ru_stime.tv_usec);
	b = make(gate[0], 2);
	CHECK(write(gate[1], "x", 1) == 1);
	CHECK(wait4(0, &status, 0, NULL) == b && WEXITSTATUS(status) == 2);
	a = make(gate[0], 3);
	CHECK(write(gate[1], "x", 1) == 1);
	CHECK(wait4(-getpgrp(), NULL, 0, NULL) == a);
	CHECK(wait4(a, &status, 0, NULL) == -1 && errno == ECHILD);
	CHECK(wait4(-1, &status, WNOHANG, NULL) == -1 && errno == ECHILD);
	CHECK(wait4(1, &status, 0, NULL) == -1 && errno == ECHILD);
	CHECK(wait4(-1, &status, 0x1000, NULL) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
