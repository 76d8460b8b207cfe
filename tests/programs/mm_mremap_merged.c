/* Two mappings of a file side by side are one to the kernel, and move and grow as one. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

#define PAGES 40

static void show(const char *what, int fd, int flags, int pages)
{
	size_t half = pages / 2 * 4096;
	char *room = mmap(NULL, 8 * half, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const int rw = PROT_READ | PROT_WRITE;

	CHECK(room != MAP_FAILED);
	CHECK(mmap(room, half, rw, flags | MAP_FIXED, fd, 0) == room);
	CHECK(mmap(room + half, half, rw, flags | MAP_FIXED, fd, half) == room + half);
	room[half - 1] = 'x';
	char *p = mremap(room, 2 * half, 2 * half, MREMAP_MAYMOVE | MREMAP_FIXED, room + 4 * half);
	CHECK(p == room + 4 * half && munmap(p + 2 * half, 2 * half) == 0);
	printf("%s: moved %c%c%c", what, p[0], p[half - 1], p[half]);
	p = mremap(p, 2 * half, 2 * half + 4096, 0);
	CHECK(p != MAP_FAILED);
	printf(", grown %c%c", p[half], p[2 * half]);
	p[2 * half] = 'g';
	p = mremap(p, 2 * half + 4096, 3 * half, MREMAP_MAYMOVE | MREMAP_FIXED, room);
	CHECK(p == room);
	printf(", both %c%c%c%c", p[0], p[half - 1], p[half + 4096], p[2 * half]);
	p = mremap(p, 3 * half, half + 4096, 0);
	CHECK(p == room);
	printf(", shrunk %c\n", p[half]);
	CHECK(munmap(room, 8 * half) == 0);
}

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0);
	for (int i = 0; i < 2 * PAGES; i++)
		for (int j = 0; j < 4; j++) {
			char k[1024];
			memset(k, 'A' + i % 26, sizeof(k));
			CHECK(write(fd, k, sizeof(k)) == sizeof(k));
		}
	show("small, private", fd, MAP_PRIVATE, 4);
	show("large, private", fd, MAP_PRIVATE, PAGES);
	show("small, shared", fd, MAP_SHARED, 4);
	show("large, shared", fd, MAP_SHARED, PAGES);
	puts("ok");
	return 0;
}
