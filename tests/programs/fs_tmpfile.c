/* A file is made without a name by O_TMPFILE, and gets one later. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>

int main(void)
{
	struct stat st;
	char path[64];

	tempdir_enter();
	int fd = open(".", O_RDWR | O_TMPFILE, 0600);
	if (fd < 0)
		TEMPDIR_SKIP("no O_TMPFILE here");
	CHECK(write(fd, "nameless", 8) == 8 && fstat(fd, &st) == 0 && st.st_nlink == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW) == 0);
	CHECK(stat("named", &st) == 0 && st.st_nlink == 1 && st.st_size == 8);
	printf("inode %lu\n", (unsigned long)st.st_ino);
	puts("ok");
	return 0;
}
