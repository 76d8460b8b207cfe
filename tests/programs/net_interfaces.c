/* Network interfaces, listed by ioctl, if_nameindex and getifaddrs. */
#include "check.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/ioctl.h>

int main(void)
{
	struct ifreq list[32], one = {.ifr_name = "lo"};
	struct ifconf conf = {.ifc_len = sizeof(list), .ifc_req = list};
	struct ifaddrs *all;
	int s = socket(AF_INET, SOCK_DGRAM, 0), n = 0;

	CHECK(s >= 0 && ioctl(s, SIOCGIFCONF, &conf) == 0);
	for (int i = 0; i < conf.ifc_len / (int)sizeof(*list); i++)
		printf("%s %s\n", list[i].ifr_name,
		       inet_ntoa(((struct sockaddr_in *)&list[i].ifr_addr)->sin_addr));
	if (ioctl(s, SIOCGIFINDEX, &one) == 0) {
		char name[IF_NAMESIZE];
		int index = one.ifr_ifindex;
		CHECK(index == (int)if_nametoindex("lo") && if_indextoname(index, name) &&
		      !strcmp(name, "lo"));
		CHECK(ioctl(s, SIOCGIFFLAGS, &one) == 0 && (one.ifr_flags & IFF_LOOPBACK));
		printf("lo is %d, flags %x", index, one.ifr_flags);
		CHECK(ioctl(s, SIOCGIFMTU, &one) == 0 &&
		      ioctl(s, SIOCGIFNAME, &(struct ifreq){.ifr_ifindex = index}) == 0);
		printf(", mtu %d\n", one.ifr_mtu);
	}
	struct ifreq none = {.ifr_name = "nosuchif0"};
	CHECK(ioctl(s, SIOCGIFINDEX, &none) == -1 && errno == ENODEV);
	struct if_nameindex *names = if_nameindex();
	CHECK(names);
	for (struct if_nameindex *i = names; i->if_index; i++)
		n++;
	if_freenameindex(names);
	CHECK(getifaddrs(&all) == 0);
	freeifaddrs(all);
	printf("%d interfaces\n", n);
	puts("ok");
	return 0;
}
