/* sendfile copies from a file to a pipe and to a file, with and without an offset. */
#include "check.h"
#include "tempdir.h"

#include <sys/sendfile.h>

int main(void)
{
	char text[30000], back[30000];
	int p[2];
	off_t at = 1000;

	tempdir_enter();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 253;
	int fd = open("f", O_RDWR | O_CREAT, 0600), to = open("g", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && to >= 0 && write(fd, text, sizeof(text)) == sizeof(text) && pipe(p) == 0);
	CHECK(sendfile(p[1], fd, &at, 20000) == 20000 && at == 21000);
	size_t n = 0;
	while (n < 20000)
		n += read(p[0], back + n, 20000 - n);
	CHECK(!memcmp(back, text + 1000, 20000));
	CHECK(lseek(fd, 29990, SEEK_SET) == 29990 && sendfile(p[1], fd, NULL, 100) == 10);
	CHECK(sendfile(p[1], fd, NULL, 100) == 0);
	at = 0;
	CHECK(sendfile(to, fd, &at, sizeof(text)) == sizeof(text) &&
	      pread(to, back, 30000, 0) == 30000);
	CHECK(!memcmp(back, text, sizeof(text)));
	CHECK(sendfile(p[1], p[0], NULL, 1) == -1 && errno == EINVAL);
	printf("%ld\n", (long)at);
	puts("ok");
	return 0;
}
