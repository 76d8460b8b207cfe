/* The kernel is the first to touch pages: anonymous, copy-on-write of a file, dropped. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 3 * 4096) == 0 &&
	      pwrite(fd, "content of the file", 19, 0) == 19);
	char *p = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *f = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED && f != MAP_FAILED);
	CHECK(pread(fd, p + 10 * 4096 - 7, 19, 0) == 19);
	CHECK(pread(fd, f + 2 * 4096 - 7, 19, 0) == 19);
	CHECK(pread(fd, p + 20 * 4096, 3 * 4096, 0) == 3 * 4096);
	CHECK(!strcmp(p + 10 * 4096 - 7, "content of the file") &&
	      !strcmp(f + 2 * 4096 - 7, "content of the file"));
	CHECK(p[20 * 4096] == 'c' && p[21 * 4096] == 0);
	CHECK(madvise(p, 64 * 4096, MADV_DONTNEED) == 0);
	CHECK(pread(fd, p + 4096 - 3, 6, 8) == 6 && !strcmp(p + 4096 - 3, "of the"));
	printf("%p %s %s\n", (void *)p, p + 4093, f);
	puts("ok");
	return 0;
}
