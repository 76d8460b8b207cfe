/* Data is spliced from a file through a pipe, a socket and a pipe to a file, with and without
 * offsets. */
#include "check.h"
#include "tempdir.h"

#include <sys/socket.h>

int main(void)
{
	int a[2], b[2], sv[2];
	char back[32] = "";
	loff_t at = 4;

	tempdir_enter();
	int from = open("from", O_RDWR | O_CREAT, 0600), to = open("to", O_RDWR | O_CREAT, 0600);
	CHECK(from >= 0 && to >= 0 && write(from, "0123456789abcdef", 16) == 16);
	CHECK(pipe(a) == 0 && pipe(b) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	CHECK(splice(from, &at, a[1], NULL, 10, 0) == 10 && at == 14);
	CHECK(splice(a[0], NULL, sv[0], NULL, 10, SPLICE_F_MOVE) == 10);
	CHECK(splice(sv[1], NULL, b[1], NULL, 6, SPLICE_F_MORE) == 6);
	at = 2;
	CHECK(splice(b[0], NULL, to, &at, 6, 0) == 6 && at == 8);
	CHECK(splice(b[0], NULL, to, &at, 6, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
	CHECK(read(sv[1], back, 4) == 4 && !strcmp(back, "abcd"));
	CHECK(pread(to, back, sizeof(back), 0) == 8 && !memcmp(back,
							       "\0\0"
							       "456789",
							       8));
	CHECK(splice(from, NULL, to, NULL, 1, 0) == -1 && errno == EINVAL);
	CHECK(splice(a[0], &at, b[1], NULL, 1, 0) == -1 && errno == ESPIPE);
	CHECK(write(a[1], "last", 4) == 4 && splice(a[0], NULL, b[1], NULL, 10, 0) == 4 &&
	      read(b[0], back, 10) == 4);
	printf("%.4s %ld\n", back, (long)at);
	puts("ok");
	return 0;
}
