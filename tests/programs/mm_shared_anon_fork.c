/* Parent and child count in turns in a shared page. Each sees the other's stores. */
#include "check.h"

#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	int there[2], back[2];
	char c = 0;
	int *n = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(n != MAP_FAILED && pipe(there) == 0 && pipe(back) == 0);
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		for (int i = 0; i < 20; i++) {
			CHECK(read(there[0], &c, 1) == 1);
			CHECK(n[0] == 2 * i + 1);
			n[0]++;
			n[100 + i] = getpid();
			CHECK(write(back[1], &c, 1) == 1);
		}
		_exit(0);
	}
	for (int i = 0; i < 20; i++) {
		n[0]++;
		CHECK(write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1);
		CHECK(n[0] == 2 * i + 2 && n[100 + i] == child);
	}
	CHECK(waitpid(child, NULL, 0) == child);
	printf("%d steps with process %d\n", n[0], n[119]);
	puts("ok");
	return 0;
}
