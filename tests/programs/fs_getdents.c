/* 500 entries of a directory are listed by readdir, by the raw call with a small buffer, and from a
 * saved position. */
#include "check.h"
#include "tempdir.h"

#include <sys/stat.h>
#include <sys/syscall.h>

int main(void)
{
	char name[16], buf[256];
	int n = 0, raw = 0;
	long got, place = -1;

	tempdir_enter();
	CHECK(mkdir("d", 0700) == 0 && chdir("d") == 0);
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "entry-%d", i);
		CHECK(mknod(name, S_IFREG | 0600, 0) == 0);
	}
	DIR *d = opendir(".");
	struct dirent *e;
	CHECK(d);
	while ((e = readdir(d))) {
		if (n++ % 50 == 0)
			printf("%s %lu type %d\n", e->d_name, (unsigned long)e->d_ino, e->d_type);
		if (n == 400)
			place = telldir(d);
	}
	CHECK(n == 502 && place != -1);
	for (seekdir(d, place); (e = readdir(d));)
		n++;
	CHECK(n == 502 + 102 && closedir(d) == 0);
	int fd = open(".", O_RDONLY);
	CHECK(syscall(SYS_getdents64, fd, buf, 4) == -1 && errno == EINVAL);
	while ((got = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0)
		for (long at = 0; at < got; at += ((struct dirent64 *)(buf + at))->d_reclen)
			raw++;
	printf("%d %d\n", n, raw);
	CHECK(got == 0 && raw == 502 && chdir("..") == 0);
	puts("ok");
	return 0;
}
