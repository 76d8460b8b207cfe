/* PROCMAP_QUERY, which would show the tool's mappings, fails as on a kernel without it: programs
 * read /proc/self/maps instead. */
#include "check.h"

#include <stdint.h>
#include <sys/ioctl.h>

#define PROCMAP_QUERY_ _IOWR('f', 17, uint64_t[13])

int main(void)
{
	/* The size of the struct, PROCMAP_QUERY_COVERING_OR_NEXT_VMA, an address. */
	uint64_t map[13] = {sizeof(map), 0x10, 0x10000};
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	/* The kernel may not know the code. A native program has nothing at 64 KiB. */
	if (!ioctl(fd, PROCMAP_QUERY_, map))
		CHECK(map[3] > 0x10000);
	puts("ok");
	return 0;
}
