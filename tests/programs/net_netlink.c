/* The kernel's list of network links, in netlink messages with attributes. */
#include "check.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

int main(void)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
	} ask = {{sizeof(ask), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 7, 0},
		 {.ifi_family = AF_UNSPEC}};
	struct sockaddr_nl to = {.nl_family = AF_NETLINK};
	static char buf[1 << 16] __attribute__((aligned(8)));
	int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), links = 0, done = 0;

	if (s < 0)
		SKIP("no netlink");
	CHECK(sendto(s, &ask, sizeof(ask), 0, (struct sockaddr *)&to, sizeof(to)) == sizeof(ask));
	while (!done) {
		ssize_t n = recv(s, buf, sizeof(buf), 0);
		CHECK(n > 0);
		for (struct nlmsghdr *h = (struct nlmsghdr *)buf; NLMSG_OK(h, n);
		     h = NLMSG_NEXT(h, n)) {
			CHECK(h->nlmsg_seq == 7 && h->nlmsg_type != NLMSG_ERROR);
			done |= h->nlmsg_type == NLMSG_DONE;
			if (h->nlmsg_type != RTM_NEWLINK)
				continue;
			struct ifinfomsg *i = NLMSG_DATA(h);
			int left = h->nlmsg_len - NLMSG_LENGTH(sizeof(*i));
			for (struct rtattr *a = IFLA_RTA(i); RTA_OK(a, left); a = RTA_NEXT(a, left))
				if (a->rta_type == IFLA_IFNAME)
					printf("%d %s\n", i->ifi_index, (char *)RTA_DATA(a));
			links++;
		}
	}
	CHECK(links > 0);
	puts("ok");
	return 0;
}
