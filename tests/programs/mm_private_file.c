/* A private mapping shows the file, and writes to it do not reach the file. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	char text[8192], back[8192];

	tempdir_enter();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "abcdefghij"[i % 10];
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, text, sizeof(text)) == sizeof(text));
	char *p = mmap(NULL, sizeof(text), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED && !memcmp(p, text, sizeof(text)));
	char *half = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
	CHECK(half != MAP_FAILED && half[0] == text[4096]);
	memset(p + 100, 'X', 5);
	CHECK(pread(fd, back, sizeof(back), 0) == sizeof(back) &&
	      !memcmp(back, text, sizeof(text)));
	close(fd);
	printf("%p %.10s %.10s\n", (void *)p, p + 98, half);
	CHECK(munmap(p, sizeof(text)) == 0 && munmap(half, 4096) == 0);
	puts("ok");
	return 0;
}
