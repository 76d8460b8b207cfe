/* An anonymous and a shared file mapping move to addresses that the program chooses. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>

int main(void)
{
	const int rw = PROT_READ | PROT_WRITE, move = MREMAP_MAYMOVE | MREMAP_FIXED;

	tempdir_enter();
	char *room = mmap(NULL, 16 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *a = mmap(NULL, 2 * 4096, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 4 * 4096) == 0);
	char *f = mmap(NULL, 2 * 4096, rw, MAP_SHARED, fd, 0);
	CHECK(room != MAP_FAILED && a != MAP_FAILED && f != MAP_FAILED);
	strcpy(a + 4096, "anonymous");
	strcpy(f + 4096, "file");
	CHECK(mremap(a, 2 * 4096, 2 * 4096, move, room + 4 * 4096) == room + 4 * 4096);
	CHECK(mremap(f, 2 * 4096, 4 * 4096, move, room + 8 * 4096) == room + 8 * 4096);
	CHECK(!strcmp(room + 5 * 4096, "anonymous") && !strcmp(room + 9 * 4096, "file"));
	CHECK(pwrite(fd, "from write", 11, 3 * 4096) == 11);
	CHECK(!strcmp(room + 11 * 4096, "from write"));
	CHECK(mremap(room, 4096, 8192, MREMAP_FIXED, room + 4096) == MAP_FAILED && errno == EINVAL);
	printf("%p %s %s %s\n", (void *)room, room + 5 * 4096, room + 9 * 4096, room + 11 * 4096);
	puts("ok");
	return 0;
}
