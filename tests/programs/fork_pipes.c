/* fork with a pipe each way: the child answers what the parent asks. */
#include "check.h"

int main(void)
{
	int ask[2], answer[2], number, i;
	pid_t child;

	CHECK(!pipe(ask) && !pipe(answer));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		close(ask[1]);
		close(answer[0]);
		while (read(ask[0], &number, sizeof(number)) == sizeof(number)) {
			number = number * number;
			CHECK(write(answer[1], &number, sizeof(number)) == sizeof(number));
		}
		_exit(7);
	}
	close(ask[0]);
	close(answer[1]);
	for (i = 0; i < 10; i++) {
		CHECK(write(ask[1], &i, sizeof(i)) == sizeof(i));
		CHECK(read(answer[0], &number, sizeof(number)) == sizeof(number));
		printf("%d -> %d\n", i, number);
		CHECK(number == i * i);
	}
	close(ask[1]);
	CHECK(read(answer[0], &number, sizeof(number)) == 0);
	CHECK(WEXITSTATUS(status_of(child)) == 7);
	puts("ok");
	return 0;
}
