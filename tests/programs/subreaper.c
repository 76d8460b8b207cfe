/* PR_SET_CHILD_SUBREAPER: the grandchild whose parent ends becomes ours to reap. */
#include "check.h"

#include <sys/prctl.h>

int main(void)
{
	pid_t middle, grandchild;
	int fds[2], gate[2], flag = 0;
	char byte;

	CHECK(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	CHECK(!prctl(PR_GET_CHILD_SUBREAPER, &flag) && flag == 1);
	CHECK(!pipe(fds) && !pipe(gate));
	middle = fork();
	CHECK(middle >= 0);
	if (!middle) {
		grandchild = fork();
		CHECK(grandchild >= 0);
		if (!grandchild) {
			close(gate[1]);
			CHECK(read(gate[0], &byte, 1) == 0);
			grandchild = getppid();
			CHECK(write(fds[1], &grandchild, sizeof(grandchild)) == sizeof(grandchild));
			_exit(29);
		}
		CHECK(write(fds[1], &grandchild, sizeof(grandchild)) == sizeof(grandchild));
		_exit(0);
	}
	CHECK(status_of(middle) == 0);
	CHECK(read(fds[0], &grandchild, sizeof(grandchild)) == sizeof(grandchild));
	close(gate[1]);
	CHECK(WEXITSTATUS(status_of(grandchild)) == 29);
	CHECK(read(fds[0], &middle, sizeof(middle)) == sizeof(middle) && middle == getpid());
	printf("reaped grandchild %d\n", (int)grandchild);
	puts("ok");
	return 0;
}
