/* Every *at call is made with a directory's descriptor, while the working directory is
 * elsewhere. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>

int main(void)
{
	char buf[16] = "";
	struct stat st;

	tempdir_enter();
	CHECK(mkdir("d", 0700) == 0);
	int d = open("d", O_RDONLY | O_DIRECTORY);
	CHECK(d >= 0 && chdir("/") == 0);
	int fd = openat(d, "f", O_RDWR | O_CREAT, 0640);
	CHECK(fd >= 0 && write(fd, "abc", 3) == 3);
	CHECK(mkdirat(d, "sub", 0700) == 0 && linkat(d, "f", d, "sub/hard", 0) == 0);
	CHECK(symlinkat("sub/hard", d, "soft") == 0 &&
	      readlinkat(d, "soft", buf, sizeof(buf)) == 8);
	CHECK(fstatat(d, "soft", &st, 0) == 0 && st.st_nlink == 2 && st.st_size == 3);
	CHECK(fstatat(d, "soft", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode));
	CHECK(faccessat(d, "f", R_OK, 0) == 0 && faccessat(d, "g", F_OK, 0) == -1 &&
	      errno == ENOENT);
	CHECK(fchmodat(d, "f", 0600, 0) == 0 && renameat(d, "f", d, "sub/g") == 0);
	CHECK(mknodat(d, "fifo", S_IFIFO | 0600, 0) == 0);
	CHECK(fstatat(d, "sub/g", &st, 0) == 0 && (st.st_mode & 0777) == 0600);
	CHECK(openat(fd, "x", O_RDONLY) == -1 && errno == ENOTDIR);
	CHECK(unlinkat(d, "sub", 0) == -1 && errno == EISDIR);
	CHECK(unlinkat(d, "sub", AT_REMOVEDIR) == -1 && errno == ENOTEMPTY);
	printf("%s inode %lu\n", buf, (unsigned long)st.st_ino);
	puts("ok");
	return 0;
}
