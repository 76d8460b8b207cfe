/* Descriptors are opened up to the limit. */
#include "check.h"

#include <fcntl.h>
#include <sys/resource.h>

int main(void)
{
	struct rlimit limit;
	int n = 0, last = -1, fd;

	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	if (limit.rlim_max > 256)
		limit.rlim_cur = 256;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	while ((fd = open("/dev/null", O_RDONLY)) >= 0) {
		last = fd;
		n++;
	}
	CHECK(errno == EMFILE && last == (int)limit.rlim_cur - 1);
	CHECK(dup(0) == -1 && errno == EMFILE);
	CHECK(close(100) == 0 && dup(last) == 100);
	printf("%d opened, last %d\n", n, last);
	puts("ok");
	return 0;
}
