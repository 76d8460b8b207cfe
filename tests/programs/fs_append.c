/* Four processes append lines to one file at the same time. Every line stays whole. */
#include "check.h"
#include "tempdir.h"

#include <sys/wait.h>

int main(void)
{
	char line[32];
	int n = 0, per[4] = {0};

	tempdir_enter();
	for (int p = 0; p < 4; p++)
		if (fork() == 0) {
			int fd = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
			CHECK(fd >= 0);
			for (int i = 0; i < 50; i++)
				CHECK(dprintf(fd, "process %d line %3d\n", p, i) == 19);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	FILE *f = fopen("log", "r");
	CHECK(f);
	for (; fgets(line, sizeof(line), f); n++) {
		int p = line[8] - '0';
		CHECK(strlen(line) == 19 && atoi(line + 15) == per[p]++);
		printf("%d", p);
	}
	printf("\n");
	CHECK(n == 200 && fclose(f) == 0);
	puts("ok");
	return 0;
}
