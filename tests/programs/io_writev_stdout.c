/* writev and pwritev2 write vectors to stdout. */
#include "check.h"

#include <fcntl.h>
#include <sys/uio.h>

int main(void)
{
	char number[32];
	struct iovec v[5] = {{"a ", 2}, {NULL, 0}, {"vector ", 7}, {number, 0}, {"\n", 1}};

	for (int i = 0; i < 3; i++) {
		v[3].iov_len = snprintf(number, sizeof(number), "number %d", i);
		CHECK(writev(1, v, 5) == (ssize_t)(10 + v[3].iov_len));
	}
	CHECK(pwritev2(1, v, 5, -1, 0) == (ssize_t)(10 + v[3].iov_len) || errno == EOPNOTSUPP ||
	      errno == ENOSYS);
	CHECK(write(1, NULL, 0) == 0);
	puts("ok");
	return 0;
}
