/* A file grows step by step under a mapping that is longer than the file from the start. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	char *p = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(fd >= 0 && p != MAP_FAILED);
	for (int i = 0; i < 64; i++) {
		CHECK(i % 2 ? ftruncate(fd, (i + 1) * 4096) == 0
			    : pwrite(fd, "p", 1, i * 4096 + 4095) == 1);
		CHECK(p[i * 4096 + 4095] == (i % 2 ? 0 : 'p'));
		p[i * 4096] = i;
	}
	char back;
	for (int i = 0; i < 64; i++)
		CHECK(pread(fd, &back, 1, i * 4096) == 1 && back == i);
	printf("%p %ld\n", (void *)p, (long)lseek(fd, 0, SEEK_END));
	puts("ok");
	return 0;
}
