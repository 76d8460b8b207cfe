/* System calls with bad pointers fail with EFAULT and raise no signal. Partly valid buffers are
 * used up to their end. */
#include "check.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

int main(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fds[2];
	ssize_t got;

	CHECK(page != MAP_FAILED && !munmap(page + 4096, 4096) && !pipe(fds));
	CHECK(syscall(SYS_write, fds[1], page + 4096, 10) == -1 && errno == EFAULT);
	CHECK(write(fds[1], "0123456789", 10) == 10);
	CHECK(syscall(SYS_read, fds[0], 8, 10) == -1 && errno == EFAULT);
	got = syscall(SYS_read, fds[0], page + 4090, 10);
	printf("read to the end of the page: %zd\n", got);
	CHECK(got == 10 || got == 6 || got == -1);
	CHECK(syscall(SYS_openat, AT_FDCWD, 8, O_RDONLY) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_stat, "/", page + 4090) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_clock_gettime, CLOCK_REALTIME, 8) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_pipe2, 8, 0) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_uname, page + 4000) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_rt_sigaction, 10, 8, NULL, 8) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_nanosleep, 8, NULL) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_wait4, -1, 8, 0, NULL) == -1);
	puts("ok");
	return 0;
}
