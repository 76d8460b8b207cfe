/* Children write to the inherited stdout. The first one waits for the last. */
#include "check.h"

#include <sys/wait.h>

int main(void)
{
	int p[2], last = -1;

	for (int i = 0; i < 5; i++) {
		int before = last;
		CHECK(pipe(p) == 0);
		if (fork() == 0) {
			char c;
			close(p[0]);
			if (before >= 0)
				CHECK(read(before, &c, 1) == 1);
			printf("child %d is %d of %d\n", i, getpid(), getppid());
			CHECK(write(p[1], "", 1) == 1);
			_exit(0);
		}
		close(p[1]);
		last = p[0];
	}
	while (wait(NULL) > 0)
		;
	CHECK(system("echo from a shell; printf 'and more\n'") == 0);
	fflush(stdout);
	FILE *f = popen("cat", "w");
	CHECK(f && fputs("through cat\n", f) >= 0 && pclose(f) == 0);
	puts("ok");
	return 0;
}
