/* The old interface of iptables: a table is read, and written with a pointer to where the kernel
 * puts the counters of the old one. */
#include "check.h"

#include <linux/if.h>
#include <linux/in.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <sys/socket.h>

int main(void)
{
	struct ipt_getinfo info = {.name = "filter"};
	socklen_t len = sizeof(info);
	int s;

	if (unshare(geteuid() ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET))
		SKIP("no network namespaces");
	s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (s < 0 || getsockopt(s, IPPROTO_IP, IPT_SO_GET_INFO, &info, &len))
		SKIP("no iptables");
	struct ipt_get_entries *get = calloc(1, sizeof(*get) + info.size);
	struct ipt_replace *set = calloc(1, sizeof(*set) + info.size);
	struct xt_counters *old = calloc(info.num_entries, sizeof(*old));
	CHECK(get && set && old);
	memset(old, 0xff, info.num_entries * sizeof(*old));
	strcpy(get->name, "filter");
	get->size = info.size;
	len = sizeof(*get) + info.size;
	CHECK(getsockopt(s, IPPROTO_IP, IPT_SO_GET_ENTRIES, get, &len) == 0);
	strcpy(set->name, "filter");
	set->valid_hooks = info.valid_hooks;
	set->num_entries = set->num_counters = info.num_entries;
	set->size = info.size;
	memcpy(set->hook_entry, info.hook_entry, sizeof(info.hook_entry));
	memcpy(set->underflow, info.underflow, sizeof(info.underflow));
	set->counters = old;
	memcpy(set->entries, get->entrytable, info.size);
	CHECK(setsockopt(s, IPPROTO_IP, IPT_SO_SET_REPLACE, set, sizeof(*set) + info.size) == 0);
	for (unsigned i = 0; i < info.num_entries; i++)
		CHECK(old[i].pcnt == 0 && old[i].bcnt == 0);
	printf("%u entries of %u bytes\n", info.num_entries, info.size);
	puts("ok");
	return 0;
}
