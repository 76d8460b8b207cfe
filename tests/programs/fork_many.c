/* 200 processes one after another, each with its own status. */
#include "check.h"

int main(void)
{
	unsigned sum = 0;
	pid_t child;
	int i;

	for (i = 0; i < 200; i++) {
		child = fork();
		CHECK(child >= 0);
		if (!child)
			_exit(i);
		CHECK(WEXITSTATUS(status_of(child)) == i);
		sum = sum * 31 + (unsigned)child;
	}
	printf("mix of pids %u\n", sum);
	puts("ok");
	return 0;
}
