/* The program maps its own executable and finds one of its strings in it. */
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const char needle[] = "needle in the executable, 7f3a";

int main(void)
{
	struct stat st;
	char path[4096];
	int fd = open("/proc/self/exe", O_RDONLY);

	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	char *p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	char *x = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && x != MAP_FAILED && !memcmp(p, "\177ELF", 4) &&
	      !memcmp(x, p, 4096));
	char *found = memmem(p, st.st_size, needle, sizeof(needle));
	CHECK(found);
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
	CHECK(n > 0);
	printf("%.*s %ld inode %lu offset %ld\n", (int)n, path, (long)st.st_size,
	       (unsigned long)st.st_ino, (long)(found - p));
	CHECK(open("/proc/self/exe", O_WRONLY) == -1);
	puts("ok");
	return 0;
}
