/* A call that reaches the end of memory fails after it has written what came before. */
#include "check.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static char *edge; /* the first unmapped address */

static void show(const char *what, long result)
{
	CHECK(result == -1 && errno == EFAULT);
	printf("%s:", what);
	for (int i = 48; i; i--)
		printf(" %02x", (unsigned char)edge[-i]);
	puts("");
	memset(edge - 48, 0, 48);
}

int main(void)
{
	long page = sysconf(_SC_PAGESIZE);
	int ends[2];

	edge = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(edge != MAP_FAILED && munmap(edge += page, page) == 0);
	CHECK(pipe(ends) == 0 && write(ends[1], "abcdefghijklmnopqrstuvwxyz", 26) == 26);
	show("read", read(ends[0], edge - 3, 10));
	struct iovec parts[2] = {{edge - 32, 4}, {edge - 2, 8}};
	show("readv", readv(ends[0], parts, 2));
	show("stat", stat("/", (struct stat *)(edge - 16)));
	/* Two results: the first is written before the second fails. */
	int *mode = (int *)(edge - 48);
	*mode = 77;
	show("get_mempolicy", syscall(SYS_get_mempolicy, mode, edge, 1024, NULL, 0));
	show("getresuid", syscall(SYS_getresuid, edge - 8, edge - 4, edge));
	show("getsockname", getsockname(socket(AF_UNIX, SOCK_STREAM, 0),
					(struct sockaddr *)(edge - 16), (socklen_t *)edge));
	puts("ok");
	return 0;
}
