/* /proc/self/maps lists the program's mapping with the right protection, and follows mprotect. */
#include "check.h"

#include <sys/mman.h>

static int find(void *p, const char *prot)
{
	char line[4600], want[32];
	FILE *f = fopen("/proc/self/maps", "r");
	int found = 0;

	CHECK(f);
	snprintf(want, sizeof(want), "%lx-", (unsigned long)p);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, want, strlen(want)) && strstr(line, prot)) {
			found = 1;
			fputs(line, stdout);
		}
	fclose(f);
	return found;
}

int main(void)
{
	int fd = memfd_create("listed", 0);

	CHECK(fd >= 0 && ftruncate(fd, 3 * 4096) == 0);
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && find(p, "rw-s"));
	CHECK(mprotect(p + 4096, 4096, PROT_READ) == 0);
	CHECK(find(p, "rw-s") && find(p + 4096, "r--s") && find(p + 2 * 4096, "rw-s"));
	CHECK(munmap(p, 3 * 4096) == 0 && !find(p, "memfd:listed"));
	puts("ok");
	return 0;
}
