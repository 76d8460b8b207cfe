/* 60 children alive together, blocked on one pipe, released at once and reaped as they come. */
#include "check.h"

#define CHILDREN 60

int main(void)
{
	int gate[2], status, i, seen[CHILDREN] = {0};
	pid_t child;
	char byte;

	CHECK(!pipe(gate));
	for (i = 0; i < CHILDREN; i++) {
		child = fork();
		CHECK(child >= 0);
		if (child)
			continue;
		close(gate[1]);
		CHECK(read(gate[0], &byte, 1) == 0);
		_exit(i);
	}
	close(gate[0]);
	close(gate[1]);
	for (i = 0; i < CHILDREN; i++) {
		child = wait(&status);
		CHECK(child > 0 && WIFEXITED(status));
		printf("%d:%d ", (int)child, WEXITSTATUS(status));
		CHECK(!seen[WEXITSTATUS(status)]++);
	}
	CHECK(wait(&status) == -1 && errno == ECHILD);
	puts("\nok");
	return 0;
}
