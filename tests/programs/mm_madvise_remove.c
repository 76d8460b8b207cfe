/* MADV_REMOVE punches a hole into the file of a shared mapping. Every mapping then shows zeroes. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	int fd = memfd_create("holes", MFD_CLOEXEC);
	char back[4] = "?";

	CHECK(fd >= 0 && ftruncate(fd, 4 * 4096) == 0);
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *q = mmap(NULL, 4 * 4096, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && q != MAP_FAILED);
	memset(p, 'r', 4 * 4096);
	CHECK(madvise(p + 4096, 2 * 4096, MADV_REMOVE) == 0);
	CHECK(p[4095] == 'r' && p[4096] == 0 && q[2 * 4096] == 0 && q[3 * 4096] == 'r');
	CHECK(pread(fd, back, 1, 5000) == 1 && back[0] == 0);
	p[5000] = 's';
	printf("%p %c %ld\n", (void *)p, q[5000], (long)lseek(fd, 0, SEEK_HOLE));
	puts("ok");
	return 0;
}
