/* msync writes a shared mapping to its file, and fails at a gap. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 3 * 4096) == 0);
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), back[4];
	CHECK(p != MAP_FAILED);
	memset(p, 's', 3 * 4096);
	CHECK(msync(p, 3 * 4096, MS_SYNC) == 0 && msync(p, 4096, MS_ASYNC | MS_INVALIDATE) == 0);
	CHECK(pread(fd, back, 4, 8190) == 4 && !memcmp(back, "ssss", 4));
	CHECK(msync(p, 4096, MS_SYNC | MS_ASYNC) == -1 && errno == EINVAL);
	CHECK(munmap(p + 4096, 4096) == 0);
	CHECK(msync(p, 3 * 4096, MS_SYNC) == -1 && errno == ENOMEM);
	printf("%p\n", (void *)p);
	puts("ok");
	return 0;
}
