/* statx describes a file by name and by descriptor. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>

int main(void)
{
	struct statx st;

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0604);
	CHECK(fd >= 0 && write(fd, "12345", 5) == 5);
	if (statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID, &st) == -1 &&
	    errno == ENOSYS)
		TEMPDIR_SKIP("no statx");
	CHECK((st.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
	CHECK(st.stx_size == 5 && (st.stx_mode & 0777) == 0604 && st.stx_nlink == 1);
	printf("inode %llu born %lld.%09u mask %x\n", st.stx_ino, st.stx_btime.tv_sec,
	       st.stx_btime.tv_nsec, st.stx_mask);
	CHECK(statx(fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_SIZE, &st) == 0 &&
	      st.stx_size == 5);
	CHECK(statx(AT_FDCWD, "g", 0, STATX_SIZE, &st) == -1 && errno == ENOENT);
	CHECK(statx(AT_FDCWD, "f", 0x40000000, STATX_SIZE, &st) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
