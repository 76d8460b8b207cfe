/* Mappings, private and shared, of a file that a child of the program serves show the file, and
 * what is written to it. */
#include "fuse.h"

#include <sys/mman.h>

static char *map(int fd, int prot, int flags)
{
	char *p = mmap(NULL, 3 * 4096, prot, flags, fd, 0);

	CHECK(p != MAP_FAILED);
	CHECK(p[0] == 'A' && p[4096] == 'B' && p[2 * 4096 + 63] == 'C' && p[2 * 4096 + 64] == 0);
	return p;
}

int main(void)
{
	char bytes[8];

	tempdir_enter();
	fuse_files[0] = fuse_pages("data", 3);
	fuse_files[1] = fuse_pages("large", 40);
	pid_t server = fuse_begin();
	int fd = open("m/data", O_RDWR | O_CLOEXEC), ro = open("m/data", O_RDONLY | O_CLOEXEC);
	int large = open("m/large", O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && ro >= 0 && large >= 0);
	char *private = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	char *shared = map(ro, PROT_READ, MAP_SHARED);
	char *whole = mmap(NULL, 40 * 4096, PROT_READ, MAP_PRIVATE, large, 0);
	CHECK(whole != MAP_FAILED && whole[39 * 4096] == 'A' + 39);
	private[0] = 'x';
	CHECK(pwrite(fd, "written", 7, 4096) == 7);
	CHECK(!memcmp(shared + 4096, "writtenB", 8) && !memcmp(private + 4096, "writtenB", 8));
	CHECK(shared[0] == 'A');
	char *both = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(both != MAP_FAILED && !memcmp(both + 4096, "writtenB", 8));
	memcpy(both + 8192, "stored", 6);
	CHECK(msync(both, 3 * 4096, MS_SYNC) == 0);
	CHECK(pread(ro, bytes, 7, 8192) == 7 && !memcmp(bytes, "storedC", 7));
	CHECK(munmap(both, 3 * 4096) == 0 && munmap(shared, 3 * 4096) == 0);
	CHECK(mprotect(whole, 4096, PROT_READ | PROT_WRITE) == 0);
	whole[0] = 'y';
	CHECK(close(fd) == 0 && close(ro) == 0 && close(large) == 0);
	CHECK(private[0] == 'x' && whole[0] == 'y' && whole[4096] == 'B');
	CHECK(munmap(private, 3 * 4096) == 0 && munmap(whole, 40 * 4096) == 0);
	fuse_end(server);
	puts("ok");
	return 0;
}
