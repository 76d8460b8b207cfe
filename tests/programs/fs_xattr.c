/* Extended attributes are set, read, listed and removed. */
#include "check.h"
#include "tempdir.h"

#include <sys/xattr.h>

int main(void)
{
	char buf[256] = "";

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0);
	if (setxattr("f", "user.colour", "green", 5, XATTR_CREATE))
		TEMPDIR_SKIP("no extended attributes here");
	CHECK(setxattr("f", "user.colour", "red", 3, XATTR_CREATE) == -1 && errno == EEXIST);
	CHECK(fsetxattr(fd, "user.size", "large", 5, 0) == 0);
	CHECK(getxattr("f", "user.colour", NULL, 0) == 5 &&
	      getxattr("f", "user.colour", buf, sizeof(buf)) == 5);
	CHECK(!strcmp(buf, "green") && fgetxattr(fd, "user.size", buf, 2) == -1 && errno == ERANGE);
	CHECK(lgetxattr("f", "user.none", buf, 2) == -1 && errno == ENODATA);
	ssize_t n = listxattr("f", buf, sizeof(buf));
	CHECK(n >= 22 && flistxattr(fd, NULL, 0) == n);
	for (ssize_t i = 0; i < n; i += strlen(buf + i) + 1)
		puts(buf + i);
	CHECK(removexattr("f", "user.colour") == 0 && fremovexattr(fd, "user.colour") == -1 &&
	      errno == ENODATA);
	puts("ok");
	return 0;
}
