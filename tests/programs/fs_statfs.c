/* statfs, fstatfs and statvfs describe file systems. */
#include "check.h"
#include "tempdir.h"

#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

int main(void)
{
	struct statfs a, b;
	struct statvfs v;

	tempdir_enter();
	int fd = open(".", O_RDONLY);
	CHECK(statfs(".", &a) == 0 && fstatfs(fd, &b) == 0 && a.f_type == b.f_type &&
	      statvfs(".", &v) == 0);
	printf("type %lx blocks %lu free %lu files %lu\n", (long)a.f_type, a.f_blocks, a.f_bfree,
	       a.f_ffree);
	CHECK(v.f_bsize == (unsigned long)a.f_bsize && a.f_namelen >= 100);
	CHECK(statfs("/proc", &a) == 0 && a.f_type == 0x9fa0);
	CHECK(statfs("nothing", &a) == -1 && errno == ENOENT);
	long n = syscall(SYS_sysfs, 3);
	printf("sysfs: %ld\n", n);
	puts("ok");
	return 0;
}
