/* remap_file_pages reorders the pages of a shared mapping. If it is refused, mmap does. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	int fd = memfd_create("pages", 0);

	CHECK(fd >= 0 && ftruncate(fd, 4 * 4096) == 0);
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 4; i++)
		p[i * 4096] = '0' + i;
	for (int i = 0; i < 4; i++) {
		char *at = p + i * 4096;
		if (remap_file_pages(at, 4096, 0, 3 - i, 0) == 0)
			continue;
		CHECK(errno == ENOSYS);
		puts("done without");
		CHECK(mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
			   (3 - i) * 4096) == at);
	}
	for (int i = 0; i < 4; i++)
		CHECK(p[i * 4096] == '3' - i);
	p[0] = 'x';
	char back;
	CHECK(pread(fd, &back, 1, 3 * 4096) == 1 && back == 'x');
	printf("%p %c%c%c%c\n", (void *)p, p[0], p[4096], p[2 * 4096], p[3 * 4096]);
	puts("ok");
	return 0;
}
