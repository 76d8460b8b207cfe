/* Buffers whose second page cannot be written: a short read from a pipe, or EFAULT. */
#include "check.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

int main(void)
{
	int fd[2], sv[2];
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	     text[200];

	CHECK(p != MAP_FAILED && mprotect(p + 4096, 4096, PROT_READ) == 0 &&
	      munmap(p + 2 * 4096, 4096) == 0);
	memset(text, 'e', sizeof(text));
	int zero = memfd_create("source", 0);
	CHECK(zero >= 0 && write(zero, text, 200) == 200 && pipe(fd) == 0);
	ssize_t n = pread(zero, p + 4096 - 100, 200, 0);
	CHECK((n == 100 && p[4095] == 'e') || (n == -1 && errno == EFAULT));
	CHECK(pread(zero, p + 4096, 200, 0) == -1 && errno == EFAULT);
	struct iovec v[2] = {{p, 50}, {p + 4096, 50}};
	ssize_t m = preadv(zero, v, 2, 0);
	CHECK((m == 50 && p[49] == 'e') || (m == -1 && errno == EFAULT));
	CHECK(write(fd[1], p + 2 * 4096 - 10, 20) == 10 || errno == EFAULT);
	CHECK(write(fd[1], p + 2 * 4096, 20) == -1 && errno == EFAULT);
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) == 0 && send(sv[0], text, 200, 0) == 200);
	CHECK(recv(sv[1], p + 4096 - 100, 200, 0) == -1 && errno == EFAULT);
	CHECK(pipe((int *)(p + 4096)) == -1 && errno == EFAULT);
	printf("%p %zd %zd\n", (void *)p, n, m);
	puts("ok");
	return 0;
}
