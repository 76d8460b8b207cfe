/* Pipes with O_DIRECT keep the boundaries of writes. */
#include "check.h"

#include <fcntl.h>

int main(void)
{
	int p[2];
	char buf[100];

	if (pipe2(p, O_DIRECT) == -1)
		SKIP("no packet pipes");
	CHECK(write(p[1], "one", 3) == 3 && write(p[1], "three", 5) == 5 &&
	      write(p[1], "x", 1) == 1);
	CHECK(read(p[0], buf, sizeof(buf)) == 3);
	CHECK(read(p[0], buf, 2) == 2 && !memcmp(buf, "th", 2));
	CHECK(read(p[0], buf, sizeof(buf)) == 1 && buf[0] == 'x');
	printf("%d %d\n", p[0], p[1]);
	puts("ok");
	return 0;
}
