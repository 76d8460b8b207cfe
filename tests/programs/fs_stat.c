/* stat, fstat, lstat and the raw calls describe files, links and devices. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

int main(void)
{
	struct stat a, b;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0640);
	CHECK(fd >= 0 && write(fd, "123", 3) == 3 && symlink("f", "s") == 0);
	CHECK(stat("s", &a) == 0 && fstat(fd, &b) == 0 && a.st_ino == b.st_ino &&
	      a.st_dev == b.st_dev);
	printf("inode %lu device %u:%u mtime %ld.%09ld blocks %ld\n", (unsigned long)a.st_ino,
	       major(a.st_dev), minor(a.st_dev), a.st_mtim.tv_sec, a.st_mtim.tv_nsec,
	       (long)a.st_blocks);
	CHECK(lstat("s", &a) == 0 && S_ISLNK(a.st_mode) && a.st_size == 1);
	memset(&a, 0, sizeof(a));
	CHECK(syscall(SYS_stat, "f", &a) == 0 && a.st_size == 3 && a.st_uid == geteuid());
	memset(&a, 0, sizeof(a));
	CHECK(syscall(SYS_newfstatat, fd, "", &a, AT_EMPTY_PATH) == 0 && a.st_size == 3);
	CHECK(stat("/dev/null", &a) == 0 && S_ISCHR(a.st_mode) && a.st_rdev == makedev(1, 3));
	CHECK(stat("nothing", &a) == -1 && errno == ENOENT && fstat(-1, &a) == -1 &&
	      errno == EBADF);
	CHECK(stat("f", (struct stat *)16) == -1 && errno == EFAULT);
	puts("ok");
	return 0;
}
