/* A tap interface: the kernel completes its name and gives it an address by chance. */
#include "check.h"

#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void)
{
	struct ifreq r = {.ifr_name = "some%d", .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR},
		     got = {0};
	unsigned features = 0;
	int fd, s, size = -1, buffer = -1;

	if (unshare(geteuid() ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET))
		SKIP("no network namespaces");
	if ((fd = open("/dev/net/tun", O_RDWR)) < 0 || ioctl(fd, TUNSETIFF, &r))
		SKIP("no tun devices");
	CHECK(strcmp(r.ifr_name, "some0") == 0);
	CHECK(ioctl(fd, TUNGETFEATURES, &features) == 0 && features & IFF_TAP);
	CHECK(ioctl(fd, TUNGETIFF, &got) == 0 && got.ifr_flags & IFF_TAP);
	CHECK(ioctl(fd, TUNGETVNETHDRSZ, &size) == 0 && size > 0);
	CHECK(ioctl(fd, TUNGETSNDBUF, &buffer) == 0 && buffer > 0);
	CHECK(ioctl(fd, TUNSETPERSIST, 0) == 0 && ioctl(fd, TUNSETOFFLOAD, 0) == 0);
	CHECK((s = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
	CHECK(ioctl(s, SIOCGIFINDEX, &r) == 0);
	printf("%s %d %x\n", got.ifr_name, r.ifr_ifindex, features);
	CHECK(ioctl(s, SIOCGIFHWADDR, &r) == 0);
	for (int i = 0; i < 6; i++) /* differs from run to run */
		size ^= r.ifr_hwaddr.sa_data[i] & 1;
	if (size & 1)
		CHECK(getpid() != 0);
	CHECK(ioctl(s, SIOCGIFCOUNT, &r) == -1);
	puts("ok");
	return 0;
}
