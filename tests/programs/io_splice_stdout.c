/* A pipe is spliced to stdout, whether that is a pipe, a terminal or a file. */
#include "check.h"

#include <fcntl.h>

int main(void)
{
	int p[2];
	char text[64];

	CHECK(pipe(p) == 0);
	int n = snprintf(text, sizeof(text), "spliced by %d\n", getpid());
	CHECK(write(p[1], text, n) == n);
	ssize_t moved = splice(p[0], NULL, STDOUT_FILENO, NULL, n, 0);
	if (moved == -1) {
		CHECK(errno == EINVAL);
		puts("not spliced");
		moved = 0;
	}
	while (moved < n) {
		ssize_t got = read(p[0], text, n - moved);
		CHECK(got > 0 && write(STDOUT_FILENO, text, got) == got);
		moved += got;
	}
	puts("ok");
	return 0;
}
