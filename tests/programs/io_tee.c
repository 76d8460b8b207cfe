/* tee copies the bytes of a pipe to a second pipe. */
#include "check.h"

#include <fcntl.h>

int main(void)
{
	int a[2], b[2];
	char one[16] = "", two[16] = "";

	CHECK(pipe(a) == 0 && pipe(b) == 0 && write(a[1], "twice", 5) == 5);
	CHECK(tee(a[0], b[1], 3, 0) == 3);
	CHECK(read(a[0], one, sizeof(one)) == 5 && read(b[0], two, sizeof(two)) == 3);
	CHECK(!strcmp(one, "twice") && !strcmp(two, "twi"));
	CHECK(tee(a[0], b[1], 3, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
	CHECK(tee(a[0], a[1], 3, 0) == -1 && errno == EINVAL);
	close(a[1]);
	CHECK(tee(a[0], b[1], 3, 0) == 0);
	printf("%s %s\n", one, two);
	puts("ok");
	return 0;
}
