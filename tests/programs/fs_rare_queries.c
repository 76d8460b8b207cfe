/* Calls about files without a C library function, or with another: entries, attributes, cached
 * pages. */
#include "show_call.h"
#include "tempdir.h"

#include <sys/xattr.h>

#define SYS_CACHESTAT 451
#define SYS_FILE_GETATTR 468

/* calls: cachestat file_getattr getdents pread64 llistxattr */
int main(void)
{
	char entries[4096] = "", names[64] = "", byte = 0;
	unsigned long range[2] = {0, 0}, stat[5] = {0}, attributes[4] = {0};
	long r;

	tempdir_enter();
	int fd = open("file", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "hello", 5) == 5);
	CHECK(syscall(SYS_pread64, fd, &byte, 1ul, 1ul) == 1 && byte == 'e');
	r = syscall(SYS_CACHESTAT, fd, range, stat, 0u);
	show_call("cachestat", r, stat, sizeof(stat));
	r = syscall(SYS_FILE_GETATTR, AT_FDCWD, "file", attributes, 24ul, 0u);
	show_call("file_getattr", r, attributes, sizeof(attributes));
	r = setxattr("file", "user.a", "1", 1, 0);
	show_call("setxattr", r, NULL, 0);
	r = llistxattr("file", names, sizeof(names));
	show_call("llistxattr", r, names, sizeof(names));
	int dir = open(".", O_RDONLY | O_DIRECTORY);
	r = syscall(SYS_getdents, dir, entries, sizeof(entries));
	show_call("getdents", r, entries, sizeof(entries));
	CHECK(r > 0);
	puts("ok");
	return 0;
}
