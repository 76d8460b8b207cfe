/* openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS refuses paths that leave the directory. */
#include "check.h"
#include "tempdir.h"

#include <linux/openat2.h>
#include <sys/syscall.h>

int main(void)
{
	struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_BENEATH};

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "beneath", 7) == 7 && symlink("/etc", "out") == 0);
	int got = syscall(SYS_openat2, AT_FDCWD, "f", &how, sizeof(how));
	if (got < 0 && (errno == ENOSYS || errno == EPERM))
		TEMPDIR_SKIP("no openat2");
	char buf[8] = "";
	CHECK(got >= 0 && read(got, buf, 7) == 7);
	CHECK(syscall(SYS_openat2, AT_FDCWD, "out/passwd", &how, sizeof(how)) == -1 &&
	      errno == EXDEV);
	CHECK(syscall(SYS_openat2, AT_FDCWD, "/etc", &how, sizeof(how)) == -1 && errno == EXDEV);
	how.resolve = RESOLVE_NO_SYMLINKS;
	CHECK(syscall(SYS_openat2, AT_FDCWD, "out", &how, sizeof(how)) == -1 && errno == ELOOP);
	CHECK(syscall(SYS_openat2, AT_FDCWD, "f", &how, 3) == -1 && errno == EINVAL);
	printf("%d %s\n", got, buf);
	puts("ok");
	return 0;
}
