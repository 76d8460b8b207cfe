/* PAGEMAP_SCAN writes to its argument and to a vector that the argument points to. */
#include "check.h"

#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE 4096

struct range {
	uint64_t start, end, categories;
};

/* linux/fs.h of Linux 6.7 */
struct scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t inverted, mask, anyof_mask, return_mask;
};
#define SCAN _IOWR('f', 16, struct scan)
enum { PRESENT = 1 << 3 };

int main(void)
{
	char *m = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct range *v = calloc(8, sizeof(*v));
	struct scan s = {.size = sizeof(s),
			 .start = (uint64_t)m,
			 .end = (uint64_t)m + 8L * PAGE,
			 .vec = (uint64_t)v,
			 .vec_len = 8,
			 .mask = PRESENT,
			 .return_mask = PRESENT};
	int fd = open("/proc/self/pagemap", O_RDONLY);

	CHECK(m != MAP_FAILED && v && fd >= 0);
	m[PAGE] = m[5 * PAGE] = m[6 * PAGE] = 1;
	if (ioctl(fd, SCAN, &s) != 2)
		SKIP("no PAGEMAP_SCAN");
	CHECK(s.walk_end == s.end && v[2].start == 0);
	for (int i = 0; i < 2; i++)
		printf("%d to %d\n", (int)((char *)v[i].start - m) / PAGE,
		       (int)((char *)v[i].end - m) / PAGE);
	puts("ok");
	return 0;
}
