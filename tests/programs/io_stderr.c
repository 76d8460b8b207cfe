/* Output to stderr and stdout alternates, whole, in pieces, and by a child. */
#include "check.h"

#include <sys/uio.h>

int main(void)
{
	struct iovec v[3] = {{"pieces ", 7}, {"to ", 3}, {"stderr\n", 7}};

	fprintf(stderr, "unbuffered %d\n", 1);
	puts("stdout 1");
	CHECK(writev(2, v, 3) == 17);
	puts("stdout 2");
	CHECK(dprintf(2, "from %s\n", "dprintf") == 13);
	errno = ENOENT;
	perror("perror");
	puts("ok");
	return 0;
}
