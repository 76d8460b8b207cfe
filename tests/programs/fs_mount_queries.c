/* The kernel reports mounts, and a file system is configured but never mounted. */
#include "show_call.h"

#include <sys/stat.h>

#define SYS_STATMOUNT 457
#define SYS_LISTMOUNT 458

struct mnt_request {
	unsigned size, spare;
	unsigned long mount, param, namespace;
};

/* calls: statmount listmount fsopen fsconfig ustat */
int main(void)
{
	struct mnt_request root = {24, 0, ~0ul, 0, 0}; /* LSMT_ROOT */
	unsigned long found[64] = {0};
	char buffer[4096] = "", message[200] = "";
	struct stat st;
	long r = syscall(SYS_LISTMOUNT, &root, found, 64ul, 0u);

	show_call("listmount", r, found, sizeof(found));
	struct mnt_request one = {24, 0, found[0], 0x7f, 0};
	r = syscall(SYS_STATMOUNT, &one, buffer, sizeof(buffer), 0u);
	show_call("statmount", r, buffer, sizeof(buffer));
	r = syscall(SYS_STATMOUNT, &one, buffer, 100ul, 0u); /* too short */
	show_call("statmount of a short buffer", r, buffer, sizeof(buffer));
	int fd = (int)syscall(SYS_fsopen, "tmpfs", 1u);
	show_call("fsopen", fd, NULL, 0);
	r = syscall(SYS_fsconfig, fd, 1u, "size", "1m", 0); /* FSCONFIG_SET_STRING */
	show_call("fsconfig", r, NULL, 0);
	r = syscall(SYS_fsconfig, fd, 1u, "nothing", "known", 0);
	show_call("fsconfig of an unknown key", r, NULL, 0);
	r = read(fd, message, sizeof(message));
	show_call("its message", r, message, sizeof(message));
	CHECK(!stat("/", &st));
	r = syscall(SYS_ustat, (unsigned)st.st_dev, buffer);
	show_call("ustat", r, buffer, sizeof(buffer));
	puts("ok");
	return 0;
}
