/* Code is written through one mapping of a memory file and executed through another, as by hardened
 * JITs. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	int fd = memfd_create("code", MFD_CLOEXEC);
	long sum = 0;

	CHECK(fd >= 0 && ftruncate(fd, 8192) == 0);
	unsigned char *w = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unsigned char *x = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	if (x == MAP_FAILED)
		SKIP("memory files are not executable here");
	for (int n = 0; n < 500; n++) {
		unsigned char *at = w + n * 16;
		at[0] = 0xb8;
		memcpy(at + 1, &n, 4);
		at[5] = 0xc3;
	}
	for (int n = 0; n < 500; n++)
		sum += ((int (*)(void))(x + n * 16))();
	printf("%p %p %ld\n", (void *)w, (void *)x, sum);
	CHECK(sum == 500 * 499 / 2);
	puts("ok");
	return 0;
}
