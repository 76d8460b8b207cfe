/* open with each kind of flag, and the errors of each. */
#include "check.h"
#include "tempdir.h"

int main(void)
{
	char buf[16] = "";

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0600);
	CHECK(fd >= 0 && write(fd, "12345", 5) == 5 && close(fd) == 0);
	CHECK(open("f", O_RDWR | O_CREAT | O_EXCL, 0600) == -1 && errno == EEXIST);
	CHECK(open("g", O_RDONLY) == -1 && errno == ENOENT);
	CHECK(open("f/g", O_RDONLY) == -1 && errno == ENOTDIR);
	CHECK(open(".", O_WRONLY) == -1 && errno == EISDIR);
	CHECK(open("f", O_RDONLY | O_DIRECTORY) == -1 && errno == ENOTDIR);
	CHECK(symlink("f", "link") == 0 && open("link", O_RDONLY | O_NOFOLLOW) == -1 &&
	      errno == ELOOP);
	CHECK(open((char *)16, O_RDONLY) == -1 && errno == EFAULT);
	fd = open("link", O_WRONLY | O_APPEND);
	CHECK(fd >= 0 && lseek(fd, 0, SEEK_SET) == 0 && write(fd, "67", 2) == 2);
	CHECK(read(fd, buf, 1) == -1 && errno == EBADF && close(fd) == 0);
	fd = open("f", O_RDONLY);
	CHECK(read(fd, buf, sizeof(buf)) == 7 && !strcmp(buf, "1234567") && close(fd) == 0);
	fd = creat("f", 0600);
	CHECK(fd >= 0 && lseek(fd, 0, SEEK_END) == 0 && close(fd) == 0);
	int path = open("link", O_PATH | O_NOFOLLOW);
	CHECK(path >= 0 && readlinkat(path, "", buf, sizeof(buf)) == 1 && buf[0] == 'f');
	CHECK(read(path, buf, 1) == -1 && errno == EBADF);
	printf("%s %d\n", tempdir_path, path);
	puts("ok");
	return 0;
}
