/* SEEK_DATA and SEEK_HOLE find the data in a file with holes. */
#include "check.h"
#include "tempdir.h"

int main(void)
{
	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, 10 << 20) == 0 && pwrite(fd, "data", 4, 5 << 20) == 4);
	off_t data = lseek(fd, 0, SEEK_DATA), hole = lseek(fd, data, SEEK_HOLE);
	printf("data at %ld, hole at %ld, data after it at %ld\n", (long)data, (long)hole,
	       (long)lseek(fd, hole, SEEK_DATA));
	CHECK(data >= 0 && data <= 5 << 20 && hole > data && hole <= 10 << 20);
	CHECK(lseek(fd, 10 << 20, SEEK_DATA) == -1 && errno == ENXIO);
	CHECK(lseek(fd, 0, 77) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
