/* Quotas of the root file system are queried; without any, the calls fail. */
#include "show_call.h"

#include <linux/dqblk_xfs.h>
#include <sys/quota.h>

int main(void)
{
	struct dqblk block = {0};
	struct dqinfo info = {0};
	struct fs_quota_stat xfs = {0};
	unsigned format = 0;
	int fd = open("/", O_RDONLY | O_DIRECTORY);
	long r;

	CHECK(fd >= 0);
	r = quotactl(QCMD(Q_GETFMT, USRQUOTA), "/dev/root", 0, (char *)&format);
	show_call("quotactl Q_GETFMT", r, &format, sizeof(format));
	r = quotactl(QCMD(Q_GETINFO, USRQUOTA), "/dev/root", 0, (char *)&info);
	show_call("quotactl Q_GETINFO", r, &info, sizeof(info));
	r = syscall(SYS_quotactl_fd, fd, QCMD(Q_GETQUOTA, USRQUOTA), 0, &block);
	show_call("quotactl_fd Q_GETQUOTA", r, &block, sizeof(block));
	r = syscall(SYS_quotactl_fd, fd, QCMD(Q_GETINFO, GRPQUOTA), 0, &info);
	show_call("quotactl_fd Q_GETINFO", r, &info, sizeof(info));
	r = syscall(SYS_quotactl_fd, fd, QCMD(Q_XGETQSTAT, USRQUOTA), 0, &xfs);
	show_call("quotactl_fd Q_XGETQSTAT", r, &xfs, sizeof(xfs));
	puts("ok");
	return 0;
}
