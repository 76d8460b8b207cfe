#include "tracee/task.h"
#include "util/exhaustion.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

ssize_t task_read(struct task *t, uint64_t addr, void *buf, size_t n)
{
	struct iovec local = {buf, n}, remote = {(void *)addr, n};
	ssize_t got = process_vm_readv(t->tid, &local, 1, &remote, 1, 0);

	if (got == (ssize_t)n || n == 0)
		return got;
	/* The slow way also reads pages without PROT_READ, and works where process_vm_readv(2) is
	 * refused. */
	char path[32];
	size_t done = got > 0 ? (size_t)got : 0;
	snprintf(path, sizeof(path), "/proc/%d/mem", t->tid);
	int fd = exhaustion_open(path, O_RDONLY);
	if (fd >= 0) {
		while (done < n) {
			size_t chunk = PAGE - ((addr + done) & (PAGE - 1));
			if (chunk > n - done)
				chunk = n - done;
			ssize_t k = pread(fd, (char *)buf + done, chunk, (off_t)(addr + done));
			if (k <= 0)
				break;
			done += (size_t)k;
		}
		close(fd);
	}
	if (!done) {
		errno = EFAULT;
		return -1;
	}
	return (ssize_t)done;
}

int task_read_all(struct task *t, uint64_t addr, void *buf, size_t n)
{
	if (task_read(t, addr, buf, n) == (ssize_t)n)
		return 0;
	errno = EFAULT;
	return -1;
}

int task_write_checked(struct task *t, uint64_t addr, const void *buf, size_t n)
{
	struct iovec local = {(void *)buf, n}, remote = {(void *)addr, n};

	return n == 0 || process_vm_writev(t->tid, &local, 1, &remote, 1, 0) == (ssize_t)n ? 0 : -1;
}

int task_write(struct task *t, uint64_t addr, const void *buf, size_t n)
{
	if (!task_write_checked(t, addr, buf, n))
		return 0;
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d/mem", t->tid);
	int fd = exhaustion_open(path, O_WRONLY);
	if (fd < 0)
		return -1;
	size_t done = 0;
	while (done < n) {
		ssize_t k = pwrite(fd, (const char *)buf + done, n - done, (off_t)(addr + done));
		if (k <= 0)
			break;
		done += (size_t)k;
	}
	close(fd);
	if (done == n)
		return 0;
	errno = EFAULT;
	return -1;
}

int task_read_ctx(void *ctx, uint64_t addr, void *buf, size_t n)
{
	return task_read_all(ctx, addr, buf, n);
}

int task_write_ctx(void *ctx, uint64_t addr, const void *buf, size_t n)
{
	return task_write(ctx, addr, buf, n);
}

ssize_t task_read_str(struct task *t, uint64_t addr, char *buf, size_t max)
{
	size_t n = 0;

	while (n < max - 1) {
		size_t chunk = PAGE - ((addr + n) & (PAGE - 1));
		if (chunk > 256 && n == 0)
			chunk = 256; /* most strings are short */
		if (chunk > max - 1 - n)
			chunk = max - 1 - n;
		ssize_t k = task_read(t, addr + n, buf + n, chunk);
		if (k <= 0)
			return n ? (ssize_t)n : -1;
		char *nul = memchr(buf + n, 0, (size_t)k);
		if (nul)
			return nul - buf;
		n += (size_t)k;
		buf[n] = '\0';
	}
	buf[n] = '\0';
	return (ssize_t)n;
}
