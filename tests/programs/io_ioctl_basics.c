/* FIONREAD, FIONBIO and FIOCLEX on descriptors that support them, and the errors of others. */
#include "check.h"
#include "tempdir.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void)
{
	int p[2], sv[2], n = -1, on = 1;
	char c;

	tempdir_enter();
	CHECK(pipe(p) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	CHECK(write(p[1], "12345", 5) == 5 && write(sv[0], "123", 3) == 3);
	CHECK(ioctl(p[0], FIONREAD, &n) == 0 && n == 5 && ioctl(sv[1], FIONREAD, &n) == 0 &&
	      n == 3);
	CHECK(ioctl(sv[0], FIONBIO, &on) == 0 && (fcntl(sv[0], F_GETFL) & O_NONBLOCK));
	CHECK(read(sv[0], &c, 1) == -1 && errno == EAGAIN);
	CHECK(ioctl(sv[0], FIOCLEX) == 0 && fcntl(sv[0], F_GETFD) == FD_CLOEXEC);
	CHECK(ioctl(sv[0], FIONCLEX) == 0 && fcntl(sv[0], F_GETFD) == 0);
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "1234567", 7) == 7 && lseek(fd, 2, SEEK_SET) == 2);
	CHECK(ioctl(fd, FIONREAD, &n) == 0 && n == 5);
	int flags = 0, r = ioctl(fd, FS_IOC_GETFLAGS, &flags);
	printf("flags %d %x\n", r, r ? 0 : flags);
	CHECK(ioctl(fd, _IOWR('~', 200, char[64]), &flags) == -1 && errno == ENOTTY);
	CHECK(ioctl(-1, FIONREAD, &n) == -1 && errno == EBADF);
	CHECK(ioctl(p[0], FIONREAD, (int *)16) == -1 && errno == EFAULT);
	puts("ok");
	return 0;
}
