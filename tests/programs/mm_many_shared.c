/* More files mapped, one after the other and some of them at once, than a process may have open. */
#include "check.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

int main(void)
{
	const struct rlimit few = {64, 64};
	volatile char *kept[200];
	unsigned sum = 0;

	CHECK(!setrlimit(RLIMIT_NOFILE, &few));
	for (int i = 0; i < 2000; i++) {
		int fd = (int)syscall(SYS_memfd_create, "shared", 0);
		CHECK(fd >= 0 && !ftruncate(fd, 4096));
		volatile char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		CHECK(p != MAP_FAILED);
		CHECK(pwrite(fd, &i, sizeof(i), 8) == sizeof(i));
		close(fd);
		p[0] = (char)i;
		sum += (unsigned char)p[8];
		if (i % 10 == 0)
			kept[i / 10] = p;
		else
			CHECK(!munmap((void *)p, 4096));
	}
	for (int i = 0; i < 200; i++) {
		CHECK(kept[i][0] == (char)(i * 10) && kept[i][8] == (char)(i * 10));
		sum += (unsigned char)kept[i][9];
	}
	printf("%u\nok\n", sum);
	return 0;
}
