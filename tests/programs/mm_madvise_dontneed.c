/* Dropped pages read as zeroes, or as the file in a private file mapping. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 4096) == 0 && pwrite(fd, "file", 5, 0) == 5);
	char *a = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *f = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(a != MAP_FAILED && f != MAP_FAILED);
	memset(a, 'a', 4 * 4096);
	strcpy(f, "mine");
	CHECK(madvise(a + 4096, 2 * 4096, MADV_DONTNEED) == 0 &&
	      madvise(f, 4096, MADV_DONTNEED) == 0);
	CHECK(a[4095] == 'a' && a[4096] == 0 && a[3 * 4096 - 1] == 0 && a[3 * 4096] == 'a');
	CHECK(!strcmp(f, "file"));
	CHECK(madvise(a + 1, 4096, MADV_DONTNEED) == -1 && errno == EINVAL);
	printf("%p %s\n", (void *)a, f);
	puts("ok");
	return 0;
}
