/* The program reads and writes itself through /proc/self/mem, despite page protection. */
#include "check.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>

int main(void)
{
	char back[16] = "";
	int fd = open("/proc/self/mem", O_RDWR);

	if (fd < 0)
		SKIP("/proc/self/mem can't be opened");
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED);
	strcpy(p + 4090, "read me");
	CHECK(pread(fd, back, 8, (intptr_t)p + 4090) == 8 && !strcmp(back, "read me"));
	CHECK(pwrite(fd, "written", 8, (intptr_t)p + 4090) == 8);
	CHECK(!strcmp(p + 4090, "written"));
	CHECK(mprotect(p, 8192, PROT_READ) == 0);
	ssize_t n = pwrite(fd, "forced", 7, (intptr_t)p);
	printf("%p %s, write to a read-only page: %zd %s\n", (void *)p, p + 4090, n, p);
	CHECK(n == -1 || !strcmp(p, "forced"));
	CHECK(munmap(p, 8192) == 0 && pread(fd, back, 1, (intptr_t)p) == -1 && errno == EIO);
	puts("ok");
	return 0;
}
