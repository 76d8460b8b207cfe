/* A page of a shared mapping is dropped when its file is opened once more, so the next access waits
 * for the child that serves the file: in code, and in a call that reads the page. */
#include "fuse.h"

#include <sys/mman.h>

int main(void)
{
	char bytes[16];
	int ends[2];

	tempdir_enter();
	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	fuse_files[0] = fuse_pages("data", 3);
	pid_t server = fuse_begin();
	int fd = open("m/data", O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && p[0] == 'A');
	p[0] = 'x';
	for (int i = 0; i < 3; i++) {
		int again = open("m/data", O_RDONLY | O_CLOEXEC);
		CHECK(again >= 0 && close(again) == 0);
		CHECK(p[0] == 'x' && p[4096] == 'B');
	}
	int again = open("m/data", O_RDONLY | O_CLOEXEC);
	CHECK(again >= 0 && close(again) == 0);
	CHECK(write(ends[1], p + 8192, 16) == 16);
	CHECK(read(ends[0], bytes, 16) == 16 && bytes[15] == 'C');
	CHECK(munmap(p, 3 * 4096) == 0 && close(fd) == 0);
	fuse_end(server);
	puts("ok");
	return 0;
}
