/* pread, pwrite and lseek, past the end of the file and on a pipe. */
#include "check.h"
#include "tempdir.h"

int main(void)
{
	char buf[32] = "";

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && pwrite(fd, "hole", 4, 100) == 4 && lseek(fd, 0, SEEK_CUR) == 0);
	CHECK(pread(fd, buf, sizeof(buf), 98) == 6 && !memcmp(buf, "\0\0hole", 6));
	CHECK(pread(fd, buf, sizeof(buf), 104) == 0 && pread(fd, buf, 8, 5000) == 0);
	CHECK(pread(fd, buf, 1, -1) == -1 && errno == EINVAL);
	CHECK(write(fd, "at the start", 12) == 12 && lseek(fd, 0, SEEK_CUR) == 12);
	CHECK(lseek(fd, -4, SEEK_END) == 100 && read(fd, buf, 2) == 2 && !memcmp(buf, "ho", 2));
	CHECK(lseek(fd, -1000, SEEK_CUR) == -1 && errno == EINVAL);
	CHECK(lseek(fd, 1l << 40, SEEK_SET) == 1l << 40 && read(fd, buf, 1) == 0);
	CHECK(read(fd, NULL, 0) == 0 && read(99, buf, 1) == -1 && errno == EBADF);
	int p[2];
	CHECK(pipe(p) == 0 && lseek(p[0], 0, SEEK_CUR) == -1 && errno == ESPIPE);
	CHECK(pread(p[0], buf, 1, 0) == -1 && errno == ESPIPE);
	CHECK(pread(fd, buf, 12, 0) == 12);
	printf("%.12s\n", buf);
	puts("ok");
	return 0;
}
