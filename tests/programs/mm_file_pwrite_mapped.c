/* A mapping shows at once what calls write to its file. */
#include "check.h"
#include "tempdir.h"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

int main(void)
{
	int pipefd[2];

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 8 * 4096) == 0 && pipe(pipefd) == 0);
	char *p = mmap(NULL, 8 * 4096, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && p[0] == 0);
	CHECK(write(fd, "write", 6) == 6 && !strcmp(p, "write"));
	CHECK(pwrite(fd, "pwrite", 7, 4094) == 7 && !strcmp(p + 4094, "pwrite"));
	struct iovec v[2] = {{"two ", 4}, {"parts", 6}};
	CHECK(pwritev(fd, v, 2, 3 * 4096) == 10 && !strcmp(p + 3 * 4096, "two parts"));
	CHECK(write(pipefd[1], "spliced", 8) == 8);
	loff_t at = 5 * 4096;
	CHECK(splice(pipefd[0], NULL, fd, &at, 8, 0) == 8 && !strcmp(p + 5 * 4096, "spliced"));
	at = 0;
	loff_t to = 6 * 4096;
	CHECK(copy_file_range(fd, &at, fd, &to, 6, 0) == 6 && !strcmp(p + 6 * 4096, "write"));
	CHECK(ftruncate(fd, 4097) == 0 && ftruncate(fd, 8 * 4096) == 0);
	CHECK(p[4096] == 'r' && p[4097] == 0 && p[3 * 4096] == 0 && p[5 * 4096] == 0);
	CHECK(write(fd, p + 4094, 3) == 3);
	printf("%p %s %s\n", (void *)p, p, p + 4094);
	puts("ok");
	return 0;
}
