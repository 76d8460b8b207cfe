/* sendfile writes bytes to stdout that the program never has in its memory. */
#include "check.h"
#include "tempdir.h"

#include <sys/sendfile.h>

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && dprintf(fd, "by sendfile from inode of %s\n", tempdir_path) > 0);
	off_t size = lseek(fd, 0, SEEK_CUR), at = 0;
	puts("before");
	ssize_t n = sendfile(STDOUT_FILENO, fd, &at, size);
	/* stdout may have been opened for appending, which sendfile refuses. */
	CHECK(n == size || (n == -1 && errno == EINVAL));
	puts("after");
	at = 3;
	n = sendfile(STDOUT_FILENO, fd, &at, 9);
	puts(n == 9 ? " again" : "refused");
	puts("ok");
	return 0;
}
