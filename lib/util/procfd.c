#include "util/procfd.h"

#include "util/file_io.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
