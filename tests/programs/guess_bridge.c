/* The number of SIOCGIFBR says nothing, and its words name another place that the kernel writes:
 * the index of the only bridge of a network namespace. */
#include "check.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void)
{
	enum { GET_BRIDGES = 1 };
	int index[1024] = {-1, -1}, fd;
	unsigned long args[] = {GET_BRIDGES, (unsigned long)index, 2};

	if (unshare(geteuid() ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET))
		SKIP("no network namespaces");
	CHECK((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
	if (ioctl(fd, SIOCBRADDBR, "bridge"))
		SKIP("no bridges");
	CHECK(ioctl(fd, SIOCGIFBR, args) == 1);
	CHECK(index[0] > 0 && index[1] == -1);
	printf("%d\n", index[0]);
	puts("ok");
	return 0;
}
