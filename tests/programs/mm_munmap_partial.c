/* Holes in an anonymous and in a file mapping are filled by other mappings. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	const int rw = PROT_READ | PROT_WRITE;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 8 * 4096) == 0);
	for (int i = 0; i < 8; i++)
		CHECK(pwrite(fd, &"01234567"[i], 1, i * 4096) == 1);
	char *p = mmap(NULL, 8 * 4096, rw, MAP_SHARED, fd, 0);
	char *a = mmap(NULL, 8 * 4096, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED && a != MAP_FAILED);
	memset(a, 'a', 8 * 4096);
	CHECK(munmap(p + 2 * 4096, 3 * 4096) == 0 && munmap(a + 4096, 2 * 4096) == 0);
	CHECK(p[4096] == '1' && p[5 * 4096] == '5' && a[3 * 4096] == 'a' && a[4095] == 'a');
	CHECK(mmap(a + 4096, 4096, rw, MAP_SHARED | MAP_FIXED, fd, 7 * 4096) == a + 4096);
	CHECK(mmap(p + 3 * 4096, 4096, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	      p + 3 * 4096);
	a[4096] = 'x';
	CHECK(p[7 * 4096] == 'x' && p[3 * 4096] == 0);
	CHECK(munmap(a, 8 * 4096) == 0);
	printf("%p %c %c\n", (void *)p, p[7 * 4096], p[5 * 4096]);
	puts("ok");
	return 0;
}
