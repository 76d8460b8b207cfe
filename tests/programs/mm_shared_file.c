/* Stores to a shared mapping show in read() and in a second mapping of the file. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	char back[16] = "";

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 3 * 4096) == 0);
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *q = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
	CHECK(p != MAP_FAILED && q != MAP_FAILED);
	strcpy(p + 4096 + 7, "hello");
	CHECK(!strcmp(q + 7, "hello"));
	CHECK(pread(fd, back, 6, 4096 + 7) == 6 && !strcmp(back, "hello"));
	close(fd);
	p[4096 + 7] = 'j';
	printf("%p %p %s\n", (void *)p, (void *)q, q + 7);
	CHECK(!strcmp(q + 7, "jello"));
	puts("ok");
	return 0;
}
