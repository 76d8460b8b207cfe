/* Security modules, a sandbox that is begun, and the kernel's log: queried, or refused. */
#include "show_call.h"

#include <sys/klog.h>

#define SYS_LSM_GET_SELF_ATTR 459
#define SYS_LSM_LIST_MODULES 461

/* calls: lsm_get_self_attr lsm_list_modules landlock_create_ruleset landlock_add_rule syslog */
int main(void)
{
	char context[4096] = "", log[100] = "";
	unsigned long ids[32] = {0}, handled = 1ul << 2, none[2] = {0, 0};
	unsigned size = sizeof(context);
	long r = syscall(SYS_LSM_GET_SELF_ATTR, 100u, context, &size, 0u);

	show_call("lsm_get_self_attr", r, context, sizeof(context));
	show_call("its size", r, &size, sizeof(size));
	size = sizeof(ids);
	r = syscall(SYS_LSM_LIST_MODULES, ids, &size, 0u);
	show_call("lsm_list_modules", r, ids, sizeof(ids));
	size = 4; /* too short: the kernel says how long */
	r = syscall(SYS_LSM_LIST_MODULES, ids, &size, 0u);
	show_call("lsm_list_modules of a short list", r, &size, sizeof(size));
	int fd = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0u);
	show_call("landlock_create_ruleset", fd, NULL, 0);
	r = syscall(SYS_landlock_add_rule, fd, 1u, none, 0u);
	show_call("landlock_add_rule", r, NULL, 0);
	r = klogctl(3, log, sizeof(log)); /* SYSLOG_ACTION_READ_ALL */
	show_call("syslog", r, log, sizeof(log));
	puts("ok");
	return 0;
}
