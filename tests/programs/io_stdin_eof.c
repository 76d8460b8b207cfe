/* stdin is at its end, is /dev/null, is a pipe, and is closed. */
#include "check.h"

#include <fcntl.h>

int main(void)
{
	int p[2], null = open("/dev/null", O_RDWR);
	char line[64];

	CHECK(null >= 0 && dup2(null, 0) == 0);
	CHECK(getchar() == EOF && feof(stdin));
	clearerr(stdin);
	CHECK(pipe(p) == 0 && write(p[1], "a line\nhalf", 11) == 11 && close(p[1]) == 0 &&
	      dup2(p[0], 0) == 0);
	CHECK(fgets(line, sizeof(line), stdin) && !strcmp(line, "a line\n"));
	CHECK(fgets(line, sizeof(line), stdin) && !strcmp(line, "half") &&
	      !fgets(line, sizeof(line), stdin));
	CHECK(close(0) == 0 && read(0, line, 1) == -1 && errno == EBADF);
	CHECK(open("/dev/zero", O_RDONLY) == 0 && read(0, line, 4) == 4 && line[3] == 0);
	printf("%d %d\n", p[0], null);
	puts("ok");
	return 0;
}
