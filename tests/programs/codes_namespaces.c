/* Namespaces and pidfds: their kinds, owners and relations, by ioctl. */
#include "check.h"

#include <linux/nsfs.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

/* linux/nsfs.h of Linux 6.11 and linux/pidfd.h of Linux 6.13 */
#define GET_MNTNS_ID _IOR(NSIO, 5, uint64_t)
#define GET_INFO _IOWR(0xff, 11, uint64_t[8])

int main(void)
{
	uint64_t id = 0, info[8] = {7};
	int user, mnt, fd;
	uid_t owner = -1;

	CHECK((user = open("/proc/self/ns/user", O_RDONLY)) >= 0);
	CHECK((mnt = open("/proc/self/ns/mnt", O_RDONLY)) >= 0);
	CHECK(ioctl(user, NS_GET_NSTYPE) == CLONE_NEWUSER);
	CHECK(ioctl(mnt, NS_GET_NSTYPE) == CLONE_NEWNS);
	CHECK(ioctl(user, NS_GET_OWNER_UID, &owner) == 0);
	fd = ioctl(mnt, NS_GET_USERNS);
	printf("owner %d, user namespace %s\n", (int)owner, fd >= 0 ? "seen" : strerror(errno));
	CHECK(ioctl(mnt, NS_GET_PARENT) == -1);
	if (ioctl(mnt, GET_MNTNS_ID, &id) == 0)
		printf("id %llu\n", (unsigned long long)id);
	if ((fd = (int)syscall(SYS_pidfd_open, getpid(), 0)) >= 0 && ioctl(fd, GET_INFO, info) == 0)
		CHECK((pid_t)(info[2] >> 0) == getpid() || (pid_t)(info[2] >> 32) == getpid());
	puts("ok");
	return 0;
}
