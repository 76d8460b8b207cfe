/* Seals of a memory file forbid writing, resizing and mapping it writable. */
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>

int main(void)
{
	int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char name[64] = "";

	CHECK(fd >= 0 && ftruncate(fd, 8192) == 0);
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	strcpy(p + 5000, "written through the mapping");
	CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == -1 && errno == EBUSY);
	CHECK(munmap(p, 8192) == 0);
	CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0);
	CHECK(fcntl(fd, F_GET_SEALS) == (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW));
	CHECK(pwrite(fd, "x", 1, 0) == -1 && errno == EPERM);
	CHECK(ftruncate(fd, 4096) == -1 && errno == EPERM);
	CHECK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED &&
	      errno == EPERM);
	p = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED);
	char link[32];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	CHECK(readlink(link, name, sizeof(name) - 1) > 0);
	printf("%p %s: %s\n", (void *)p, name, p + 5000);
	puts("ok");
	return 0;
}
