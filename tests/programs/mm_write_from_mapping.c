/* write() from a mapping of a file into the same file. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 4 * 4096) == 0);
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 5000; i++)
		p[i] = 'a' + i % 26;
	CHECK(pwrite(fd, p, 5000, 2 * 4096) == 5000);
	CHECK(!memcmp(p, p + 2 * 4096, 5000));
	CHECK(pread(fd, p + 100, 1000, 50) == 1000);
	CHECK(!memcmp(p, p + 2 * 4096, 100));
	unsigned sum = 0;
	for (int i = 0; i < 4 * 4096; i++)
		sum = sum * 31 + (unsigned char)p[i];
	printf("%p %u %.20s\n", (void *)p, sum, p + 100);
	puts("ok");
	return 0;
}
