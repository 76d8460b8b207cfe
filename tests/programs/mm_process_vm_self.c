/* process_vm_readv and process_vm_writev copy several pieces to several pieces within one
 * process. */
#include "check.h"

#include <sys/uio.h>

int main(void)
{
	char from[] = "abcdefghijklmnop", to[32] = "";
	struct iovec local[3] = {{to, 3}, {to + 10, 5}, {to + 20, 8}};
	struct iovec remote[2] = {{from + 1, 6}, {from + 8, 4}};

	if (process_vm_readv(getpid(), local, 3, remote, 2, 0) == -1 &&
	    (errno == ENOSYS || errno == EPERM))
		SKIP("no process_vm_readv");
	memset(to, 0, sizeof(to));
	CHECK(process_vm_readv(getpid(), local, 3, remote, 2, 0) == 10);
	CHECK(!strcmp(to, "bcd") && !strcmp(to + 10, "efgij") && !strcmp(to + 20, "kl"));
	CHECK(process_vm_writev(getpid(), remote, 1, local, 1, 0) == 3);
	CHECK(!strcmp(from, "abcdefghijklmnop"));
	struct iovec bad = {(void *)16, 8};
	CHECK(process_vm_readv(getpid(), local, 1, &bad, 1, 0) == -1 && errno == EFAULT);
	CHECK(process_vm_readv(getpid(), local, 1, remote, 1, 1) == -1 && errno == EINVAL);
	printf("%s %s %s\n", to, to + 10, to + 20);
	puts("ok");
	return 0;
}
