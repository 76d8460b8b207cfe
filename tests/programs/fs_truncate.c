/* truncate and ftruncate change a file's length, up to the limit of file sizes. */
#include "check.h"
#include "tempdir.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

int main(void)
{
	struct stat st;
	char buf[8] = "xxxxxxx";

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "1234567", 7) == 7);
	CHECK(truncate("f", 3) == 0 && ftruncate(fd, 6) == 0 && pread(fd, buf, 8, 0) == 6);
	CHECK(!memcmp(buf, "123\0\0\0", 6));
	CHECK(truncate("f", -1) == -1 && errno == EINVAL && truncate("none", 1) == -1 &&
	      errno == ENOENT);
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit old, limit;
	CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
	limit = old;
	limit.rlim_cur = 1000;
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	CHECK(ftruncate(fd, 2000) == -1 && errno == EFBIG);
	CHECK(pwrite(fd, "12345", 5, 998) == 2 && pwrite(fd, "1", 1, 1000) == -1 && errno == EFBIG);
	CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
	CHECK(fstat(fd, &st) == 0 && st.st_size == 1000);
	printf("%ld.%09ld\n", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	puts("ok");
	return 0;
}
