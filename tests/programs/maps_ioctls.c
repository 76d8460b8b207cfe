/* The ioctls of /proc/self/maps and pagemap, which would show the tool's mappings, fail as on a
 * kernel without them: programs read the files instead. */
#include "check.h"

#include <stdint.h>
#include <sys/ioctl.h>

static int query(const char *file, unsigned long code, void *arg)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	int r = ioctl(fd, code, arg);
	close(fd);
	return r;
}

int main(void)
{
	uint64_t map[13] = {sizeof(map), 0x10, 0x10000}, scan[12] = {sizeof(scan), 0, 0, 1ul << 47};

	/* The kernel may not know the code. A native program has nothing at 64 KiB. */
	if (query("/proc/self/maps", 0xc0686611, map) == 0)
		CHECK(map[3] > 0x10000);
	query("/proc/self/pagemap", 0xc0606610, scan);
	puts("ok");
	return 0;
}
