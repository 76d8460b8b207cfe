/* rename and renameat2 replace, exchange and refuse to replace files and directories. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>

#ifndef RENAME_EXCHANGE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#endif

int main(void)
{
	struct stat a, b, c;

	tempdir_enter();
	int fd = open("a", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && open("b", O_RDWR | O_CREAT, 0600) >= 0 && mkdir("d", 0700) == 0);
	CHECK(stat("a", &a) == 0 && stat("b", &b) == 0);
	CHECK(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE) == -1 &&
	      (errno == EEXIST || errno == EINVAL));
	int exchanged = renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE) == 0;
	CHECK(stat("a", &c) == 0 && c.st_ino == (exchanged ? b.st_ino : a.st_ino));
	CHECK(rename("a", "b") == 0 && stat("a", &c) == -1 && errno == ENOENT);
	CHECK(rename("b", "d/c") == 0 && stat("d/c", &c) == 0);
	CHECK(rename("d", "d/e") == -1 && errno == EINVAL);
	CHECK(rename("d/c", "d") == -1 &&
	      (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST));
	CHECK(unlink("d/c") == 0 && rmdir("d") == 0);
	CHECK(write(fd, "nameless", 8) == 8 && fstat(fd, &c) == 0 && c.st_size == 8);
	printf("%d %lu %lu links %lu\n", exchanged, (unsigned long)a.st_ino,
	       (unsigned long)b.st_ino, (unsigned long)c.st_nlink);
	puts("ok");
	return 0;
}
