/* Sends a descriptor of this process to a task. */
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "tracee/reserved.h"
#include "util/procfd.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The arguments of recvmsg(2), in the task's memory at AGENT_DATA. */
struct message {
	struct msghdr msg;
	struct iovec iov;
	char byte[8];
	int pair[2];
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

#define IN_TASK(member) (AGENT_DATA + offsetof(struct message, member))

static void message_fill(struct message *l, void *iov, void *byte, void *control)
{
	l->iov = (struct iovec){byte, 1};
	l->msg = (struct msghdr){.msg_iov = iov,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(l->control)};
}

/* Sends fd to the socket that is the task's descriptor `to`. */
static int message_send(struct task *t, int to, int fd)
{
	struct message l = {.byte = ""};
	int pidfd = (int)syscall(SYS_pidfd_open, t->tid, 0);
	int e = -1;

	if (pidfd < 0 && errno == EINVAL) /* it is not a thread group leader */
		pidfd = (int)syscall(SYS_pidfd_open, proc_tgid(t->tid), 0);
	int s = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, to, 0);
	/* A thread may have its own descriptors: unshare(2), CLONE_FILES. */
	if (s >= 0 && syscall(SYS_kcmp, getpid(), t->tid, KCMP_FILE, s, to) == 0) {
		message_fill(&l, &l.iov, l.byte, l.control);
		struct cmsghdr *c = CMSG_FIRSTHDR(&l.msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
		e = sendmsg(s, &l.msg, MSG_DONTWAIT | MSG_NOSIGNAL) == 1 ? 0 : -1;
	}
	if (s >= 0)
		close(s);
	if (pidfd >= 0)
		close(pidfd);
	return e;
}

/* Makes the task receive the descriptor from the socket `from`. */
static int64_t message_receive(struct task *t, int from)
{
	struct message l = {.byte = ""};
	int fd;

	message_fill(&l, (void *)IN_TASK(iov), (void *)IN_TASK(byte), (void *)IN_TASK(control));
	if (task_write(t, AGENT_DATA, &l, sizeof(l)))
		return -EFAULT;
	int64_t got = TASK_CALL(t, SYS_recvmsg, (uint64_t)from, IN_TASK(msg),
				MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (got < 0)
		return got;
	if (task_read_all(t, AGENT_DATA, &l, sizeof(l)) ||
	    l.msg.msg_controllen < CMSG_LEN(sizeof(fd)))
		return -EMFILE; /* scm_detach_fds() omits what exceeds the limit */
	struct cmsghdr *c = (struct cmsghdr *)l.control;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* Shares fd through a pair of sockets. That needs neither a file system nor access to this
 * process. */
static int64_t share_fd(struct task *t, int fd)
{
	int pair[2];
	int64_t r =
		TASK_CALL(t, SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, IN_TASK(pair));

	if (r < 0)
		return r;
	if (task_read_all(t, IN_TASK(pair), pair, sizeof(pair)))
		return -EFAULT;
	r = message_send(t, pair[0], fd) ? -EACCES : message_receive(t, pair[1]);
	TASK_CALL(t, SYS_close, (uint64_t)pair[0]);
	TASK_CALL(t, SYS_close, (uint64_t)pair[1]);
	return r;
}

static bool is_ours(const struct task *t, int64_t theirs, int fd)
{
	struct stat a, b;

	return !stat(proc_fd(t->tid, (int)theirs).path, &a) && !fstat(fd, &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int64_t receive(struct task *t, int fd)
{
	int64_t r = TASK_CALL(t, SYS_mprotect, AGENT_DATA, PAGE, PROT_READ | PROT_WRITE);

	if (r < 0)
		return r;
	r = share_fd(t, fd);
	TASK_CALL(t, SYS_mprotect, AGENT_DATA, PAGE, PROT_READ | PROT_EXEC);
	return r;
}

static int64_t open_or_share(struct task *t, int fd, int flags)
{
	const struct proc_fd link = proc_fd(getpid(), fd);

	if (t->paths_wait)
		return receive(t, fd);
	if (task_write(t, AGENT_DATA, link.path, strlen(link.path) + 1))
		return -EFAULT;
	int64_t r = TASK_CALL(t, SYS_openat, (uint64_t)AT_FDCWD, AGENT_DATA,
			      (uint64_t)flags | O_CLOEXEC);
	if (r >= 0 ? is_ours(t, r, fd) : r == -EMFILE)
		return r;
	/* The task's mount namespace or root may have no /proc, or that of another PID namespace,
	 * or its user may have no access to this process there. */
	if (r >= 0)
		TASK_CALL(t, SYS_close, (uint64_t)r);
	return receive(t, fd);
}

#define MORE 16

int64_t task_send_fd(struct task *t, int fd, int flags)
{
	struct rlimit was;
	int64_t r = open_or_share(t, fd, flags);

	/* The program's limit of open files must not stop us. Only privileged processes can raise
	 * its hard limit. */
	if (r == -EMFILE && !prlimit(t->tid, RLIMIT_NOFILE, NULL, &was)) {
		const struct rlimit more = {was.rlim_cur + MORE, was.rlim_max > was.rlim_cur + MORE
									 ? was.rlim_max
									 : was.rlim_cur + MORE};
		const struct rlimit all = {was.rlim_max, was.rlim_max};
		if (prlimit(t->tid, RLIMIT_NOFILE, &more, NULL) &&
		    prlimit(t->tid, RLIMIT_NOFILE, &all, NULL))
			return r;
		r = open_or_share(t, fd, flags);
		prlimit(t->tid, RLIMIT_NOFILE, &was, NULL);
	}
	return r;
}
