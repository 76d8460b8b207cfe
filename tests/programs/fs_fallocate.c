/* fallocate reserves space, punches holes and zeroes ranges. */
#include "check.h"
#include "tempdir.h"

#include <linux/falloc.h>
#include <sys/stat.h>

int main(void)
{
	struct stat st;
	char buf[4];

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0);
	if (fallocate(fd, 0, 0, 1 << 16) == -1 && errno == EOPNOTSUPP)
		TEMPDIR_SKIP("no fallocate here");
	CHECK(fstat(fd, &st) == 0 && st.st_size == 1 << 16);
	CHECK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 1 << 16, 1 << 16) == 0 && fstat(fd, &st) == 0 &&
	      st.st_size == 1 << 16);
	printf("%ld blocks\n", (long)st.st_blocks);
	CHECK(pwrite(fd, "hole", 4, 8192) == 4);
	int punched = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8192, 4096) == 0;
	CHECK(pread(fd, buf, 4, 8192) == 4 && !memcmp(buf, punched ? "\0\0\0\0" : "hole", 4));
	int zeroed = fallocate(fd, FALLOC_FL_ZERO_RANGE, 4096, 4096);
	CHECK(posix_fallocate(fd, 0, 1 << 18) == 0 && fstat(fd, &st) == 0 && st.st_size == 1 << 18);
	printf("%d %d %ld blocks\n", punched, zeroed, (long)st.st_blocks);
	CHECK(fallocate(fd, 0, -1, 1) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
