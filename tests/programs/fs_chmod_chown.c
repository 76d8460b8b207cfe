/* chmod and chown change modes and owners, by name, by descriptor and of a symbolic link. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>

int main(void)
{
	struct stat st;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0666);
	CHECK(fd >= 0 && chmod("f", 04751) == 0 && stat("f", &st) == 0 &&
	      (st.st_mode & 07777) == 04751);
	CHECK(fchmod(fd, 0400) == 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0400);
	int opened = open("f", O_WRONLY);
	CHECK(opened >= 0 ? geteuid() == 0 : errno == EACCES);
	CHECK(chown("f", -1, getegid()) == 0 && fchown(fd, geteuid(), -1) == 0);
	int given = chown("f", 12345, 12345) == 0;
	CHECK(given || errno == EPERM || errno == EINVAL);
	CHECK(symlink("f", "s") == 0 && lchown("s", geteuid(), getegid()) == 0);
	CHECK(stat("s", &st) == 0);
	printf("uid %d gid %d mode %o access %d\n", st.st_uid, st.st_gid, st.st_mode,
	       access("f", W_OK));
	CHECK(chmod("nothing", 0) == -1 && errno == ENOENT);
	puts("ok");
	return 0;
}
