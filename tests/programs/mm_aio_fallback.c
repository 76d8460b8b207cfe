/* Kernel AIO may be refused. The C library's AIO, which uses threads, always works. */
#include "check.h"
#include "tempdir.h"

#include <aio.h>
#include <sys/syscall.h>

int main(void)
{
	unsigned long context = 0;
	char back[16] = "";

	tempdir_enter();
	long r = syscall(SYS_io_setup, 8, &context);
	printf("io_setup: %s\n", r ? strerror(errno) : "served");
	CHECK(r == 0 || errno == ENOSYS || errno == EPERM || errno == EAGAIN);
	if (r == 0)
		CHECK(syscall(SYS_io_destroy, context) == 0);
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "0123456789", 10) == 10);
	struct aiocb cb = {.aio_fildes = fd, .aio_buf = back, .aio_nbytes = 5, .aio_offset = 3};
	const struct aiocb *list[1] = {&cb};
	CHECK(aio_read(&cb) == 0);
	while (aio_error(&cb) == EINPROGRESS)
		CHECK(aio_suspend(list, 1, NULL) == 0 || errno == EINTR);
	CHECK(aio_error(&cb) == 0 && aio_return(&cb) == 5 && !strcmp(back, "34567"));
	puts(back);
	puts("ok");
	return 0;
}
