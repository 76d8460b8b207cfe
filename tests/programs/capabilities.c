/* capget and capset: what the process may do, and giving it up in a child. */
#include "check.h"

#include <linux/capability.h>
#include <sys/syscall.h>

int main(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2], none[2] = {0};
	pid_t child;

	CHECK(!syscall(SYS_capget, &header, data));
	printf("effective %#x%08x permitted %#x%08x\n", data[1].effective, data[0].effective,
	       data[1].permitted, data[0].permitted);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!syscall(SYS_capset, &header, none));
		CHECK(!syscall(SYS_capget, &header, data) && !data[0].effective &&
		      !data[1].permitted);
		CHECK(sethostname("x", 1) == -1 && errno == EPERM);
		_exit(0);
	}
	CHECK(status_of(child) == 0);
	header.version = 1;
	CHECK(syscall(SYS_capget, &header, data) == -1 && errno == EINVAL);
	CHECK(header.version == _LINUX_CAPABILITY_VERSION_3);
	puts("ok");
	return 0;
}
