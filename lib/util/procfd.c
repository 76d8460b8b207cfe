#include "util/procfd.h"

#include "util/file_io.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define INFO_MAX (1u << 16)

static struct proc_fd path_in(const char *dir, pid_t pid, int fd)
{
	struct proc_fd p;

	if (pid)
		snprintf(p.path, sizeof(p.path), "/proc/%d/%s/%d", pid, dir, fd);
	else
		snprintf(p.path, sizeof(p.path), "/proc/self/%s/%d", dir, fd);
	return p;
}

struct proc_fd proc_fd(pid_t pid, int fd)
{
	return path_in("fd", pid, fd);
}

int proc_fd_stat(pid_t pid, int fd, struct stat *st)
{
	struct statx x;

	if (statx(AT_FDCWD, proc_fd(pid, fd).path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &x))
		return -1;
	*st = (struct stat){.st_dev = makedev(x.stx_dev_major, x.stx_dev_minor),
			    .st_ino = x.stx_ino,
			    .st_mode = x.stx_mode,
			    .st_nlink = x.stx_nlink,
			    .st_uid = x.stx_uid,
			    .st_gid = x.stx_gid,
			    .st_rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor),
			    .st_size = (off_t)x.stx_size,
			    .st_mtim = {x.stx_mtime.tv_sec, x.stx_mtime.tv_nsec},
			    .st_ctim = {x.stx_ctime.tv_sec, x.stx_ctime.tv_nsec}};
	return 0;
}

ssize_t proc_fd_target(pid_t pid, int fd, char *name, size_t size)
{
	ssize_t n = readlink(proc_fd(pid, fd).path, name, size - 1);

	name[n > 0 ? n : 0] = '\0';
	return n;
}

int proc_fd_info(pid_t pid, int fd, unsigned *flags, uint64_t *pos)
{
	char *text = file_read(path_in("fdinfo", pid, fd).path, INFO_MAX, NULL);
	const char *f = text ? strstr(text, "flags:") : NULL,
		   *p = text ? strstr(text, "pos:") : NULL;
	bool whole = f && p;

	if (whole && flags)
		*flags = (unsigned)strtoul(f + strlen("flags:"), NULL, 8);
	if (whole && pos)
		*pos = strtoull(p + strlen("pos:"), NULL, 10);
	free(text);
	return whole ? 0 : -1;
}
