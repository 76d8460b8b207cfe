/* fsync, fdatasync, syncfs and sync_file_range succeed on a file and fail on a pipe. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>

int main(void)
{
	int p[2];

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT | O_DSYNC, 0600);
	CHECK(fd >= 0 && write(fd, "durable", 7) == 7);
	CHECK(fsync(fd) == 0 && fdatasync(fd) == 0 && syncfs(fd) == 0);
	int range = sync_file_range(fd, 0, 7, SYNC_FILE_RANGE_WRITE);
	CHECK(range == 0 || errno == EINVAL || errno == ESPIPE || errno == ENOSYS);
	CHECK(pipe(p) == 0 && fsync(p[0]) == -1 && errno == EINVAL);
	CHECK(fsync(-1) == -1 && errno == EBADF);
	printf("%d\n", range);
	puts("ok");
	return 0;
}
