/* copy_file_range copies with offsets and with file positions, and stops at the end of the file. */
#include "check.h"
#include "tempdir.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

int main(void)
{
	char text[100000], back[100000];
	loff_t from = 10, to = 20;

	tempdir_enter();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i * 7 % 251;
	int a = open("a", O_RDWR | O_CREAT, 0600), b = open("b", O_RDWR | O_CREAT, 0600);
	CHECK(a >= 0 && b >= 0 && write(a, text, sizeof(text)) == sizeof(text));
	ssize_t n = copy_file_range(a, &from, b, &to, 50000, 0);
	CHECK(n == 50000 && from == 50010 && to == 50020);
	CHECK(pread(b, back, 50000, 20) == 50000 && !memcmp(back, text + 10, 50000));
	CHECK(lseek(a, 99990, SEEK_SET) == 99990 && copy_file_range(a, NULL, b, &to, 50, 0) == 10 &&
	      to == 50030);
	CHECK(copy_file_range(a, NULL, b, NULL, 50, 0) == 0);
	int cloned = ioctl(b, FICLONE, a);
	printf("clone: %s\n", cloned ? strerror(errno) : "served");
	int p[2];
	CHECK(pipe(p) == 0 && copy_file_range(p[0], NULL, b, NULL, 5, 0) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
