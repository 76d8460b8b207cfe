/* A file's times are set by each call that sets them. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>

int main(void)
{
	struct stat st;
	struct timespec t[2] = {{1000, 5}, {2000, 7}};
	struct timeval v[2] = {{3000, 1}, {4000, 2}};

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && utimensat(AT_FDCWD, "f", t, 0) == 0 && stat("f", &st) == 0);
	CHECK(st.st_atim.tv_sec == 1000 && st.st_mtim.tv_sec == 2000);
	t[0].tv_nsec = UTIME_OMIT;
	t[1].tv_nsec = UTIME_NOW;
	CHECK(futimens(fd, t) == 0 && stat("f", &st) == 0 && st.st_atim.tv_sec == 1000 &&
	      st.st_mtim.tv_sec > 2000);
	printf("now is %ld.%09ld\n", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	CHECK(utimes("f", v) == 0 && stat("f", &st) == 0 && st.st_mtim.tv_sec == 4000);
	CHECK(utime("f", &(struct utimbuf){5000, 6000}) == 0 && stat("f", &st) == 0 &&
	      st.st_mtim.tv_sec == 6000);
	t[0].tv_nsec = 2000000000;
	CHECK(futimens(fd, t) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
