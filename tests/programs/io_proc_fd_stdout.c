#include "check.h"
#include <fcntl.h>

/* stdout opened a second time by name, as scripts do with /dev/stdout. */
int main(void)
{
	static const char *const names[] = {"/proc/self/fd/1", "/dev/stdout", "/dev/fd/1"};
	char target[256];

	ssize_t n = readlink(names[0], target, sizeof(target));
	CHECK(n > 0);
	printf("stdout is %.*s\n", (int)n, target);
	for (int i = 0; i < 3; i++) {
		int fd = open(names[i], O_WRONLY | O_APPEND | O_NOCTTY);
		if (fd < 0) {
			printf("%s: %s\n", names[i], strerror(errno));
			continue;
		}
		CHECK(dprintf(fd, "through %s\n", names[i]) > 0 && close(fd) == 0);
	}
	/* A file was opened with a position of its own. */
	lseek(1, 0, SEEK_END);
	puts("ok");
	return 0;
}
