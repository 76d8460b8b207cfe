/* Open files of a process, by /proc: proc_pid_fd(5), proc_pid_fdinfo(5). pid 0 is the caller. */
#ifndef RR_PROCFD_H
#define RR_PROCFD_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct proc_fd {
	char path[40];
};
/* The magic link to the open file, for a call that takes a path: stat(proc_fd(pid, fd).path, &st).
 */
struct proc_fd proc_fd(pid_t pid, int fd);
/* stat(2) of the open file as the kernel has it, without asking a server of its file system. -1
 * with errno. */
int proc_fd_stat(pid_t pid, int fd, struct stat *st);
/* Reads the link and adds a NUL. Returns the length, at most size - 1. -1 with errno, and the name
 * is "". */
ssize_t proc_fd_target(pid_t pid, int fd, char *name, size_t size);
/* Sets *flags to the flags of open(2) and *pos to the position; each may be NULL. -1: nothing is
 * set. */
int proc_fd_info(pid_t pid, int fd, unsigned *flags, uint64_t *pos);

#endif
