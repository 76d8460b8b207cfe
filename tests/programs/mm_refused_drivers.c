/* Memory that a driver or a peer writes cannot be mapped; what it would show is had by calls. */
#include "check.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/perf_event.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static char *map(const char *what, int fd, size_t n, int prot)
{
	char *p = mmap(NULL, n, prot, MAP_SHARED, fd, 0);

	printf("%s: %s\n", what, p != MAP_FAILED ? "mapped" : strerror(errno));
	return p == MAP_FAILED ? NULL : p;
}

/* A packet socket with a ring: shows the packet in memory, or by recv. */
static void packets(void)
{
	const struct tpacket_req ring = {4096, 1, 2048, 2};
	int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), u = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_ll lo = {AF_PACKET, htons(ETH_P_ALL), if_nametoindex("lo"), 0, 0, 0, {0}};
	struct sockaddr_in to = {AF_INET, htons(9), {htonl(INADDR_LOOPBACK)}, {0}};

	if (s < 0 || bind(s, (struct sockaddr *)&lo, sizeof(lo)) ||
	    setsockopt(s, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)))
		return;
	volatile struct tpacket_hdr *h = (void *)map("packets", s, 4096, PROT_READ | PROT_WRITE);
	CHECK(sendto(u, "hello", 5, 0, (struct sockaddr *)&to, sizeof(to)) == 5);
	struct pollfd p = {s, POLLIN, 0};
	CHECK(poll(&p, 1, -1) == 1);
	while (h && !(h->tp_status & TP_STATUS_USER))
		sched_yield();
	if (h)
		printf("%.5s\n", (char *)h + h->tp_mac + 42);
	close(s);
	close(u);
}

int main(void)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
				       .size = sizeof(attr),
				       .config = PERF_COUNT_SW_CONTEXT_SWITCHES};
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int perf = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	int resource = open("/sys/kernel/btf/vmlinux", O_RDONLY);

	packets();
	CHECK(tcp >= 0);
	map("tcp", tcp, 4096, PROT_READ);
	if (perf >= 0)
		map("perf", perf, 2 * 4096, PROT_READ | PROT_WRITE);
	if (resource >= 0)
		map("/sys", resource, 4096, PROT_READ);
	puts("ok");
	return 0;
}
