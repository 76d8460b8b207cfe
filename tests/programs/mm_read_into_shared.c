/* A child is blocked in read(). The kernel then writes into memory that the parent also maps. */
#include "check.h"

#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
	int there[2], back[2];
	char c;
	char *p = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED && pipe(there) == 0 && pipe(back) == 0);
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 5; i++) {
			CHECK(read(there[0], p + 4090 + i * 20, 20) == 20);
			CHECK(write(back[1], "", 1) == 1);
		}
		_exit(0);
	}
	for (int i = 0; i < 5; i++) {
		char text[20];
		snprintf(text, sizeof(text), "message %d of five", i);
		CHECK(p[4090 + i * 20] == 0);
		CHECK(write(there[1], text, 20) == 20 && read(back[0], &c, 1) == 1);
		CHECK(!strcmp(p + 4090 + i * 20, text));
	}
	CHECK(waitpid(child, NULL, 0) == child);
	printf("%p %s\n", (void *)p, p + 4090 + 80);
	puts("ok");
	return 0;
}
