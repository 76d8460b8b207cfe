/* stdin is read to its end, unless it is a terminal. */
#include "check.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	struct stat st;
	char buf[1000];
	long total = 0;
	unsigned sum = 0;
	ssize_t n = 0;

	if (fstat(0, &st) == -1)
		puts("stdin is closed");
	else if (isatty(0))
		puts("stdin is a terminal");
	else {
		struct pollfd p = {0, POLLIN, 0};
		printf("mode %o inode %lu\n", st.st_mode, (unsigned long)st.st_ino);
		/* Nobody may ever write to a pipe or socket: take what is there. */
		while (poll(&p, 1, 0) == 1 && total < 1 << 20 &&
		       (n = read(0, buf, sizeof(buf))) > 0)
			for (total += n; n > 0; n--)
				sum = sum * 31 + (unsigned char)buf[n - 1];
	}
	printf("%ld bytes, sum %u\n", total, sum);
	puts("ok");
	return 0;
}
