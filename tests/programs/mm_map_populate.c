/* MAP_POPULATE reads pages in advance, of anonymous, private and shared mappings. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	char text[10000];
	memset(text, 'p', sizeof(text));
	CHECK(fd >= 0 && write(fd, text, sizeof(text)) == sizeof(text));
	char *a = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	char *f = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	char *s = mmap(NULL, 10000, PROT_READ, MAP_SHARED | MAP_POPULATE | MAP_LOCKED, fd, 0);
	CHECK(a != MAP_FAILED && a[63 * 4096] == 0);
	CHECK(f != MAP_FAILED && f[9999] == 'p' && f[10000] == 0);
	CHECK(s == MAP_FAILED || s[9999] == 'p');
	f[0] = 'q';
	CHECK(pwrite(fd, "r", 1, 0) == 1);
	CHECK(f[0] == 'q' && (s == MAP_FAILED || s[0] == 'r'));
	printf("%p %p %d\n", (void *)a, (void *)f, s != MAP_FAILED);
	puts("ok");
	return 0;
}
