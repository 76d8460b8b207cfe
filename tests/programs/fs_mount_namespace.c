/* A child mounts in its own namespace, and the parent does not see it. */
#include "check.h"
#include "tempdir.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

int main(void)
{
	int status;

	tempdir_enter();
	CHECK(mkdir("m", 0700) == 0);
	pid_t child = fork();
	if (child == 0) {
		int uid = getuid(), own = unshare(CLONE_NEWNS);
		if (own && unshare(CLONE_NEWUSER | CLONE_NEWNS))
			_exit(77);
		int map = own ? open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC) : -1;
		if (own && (map < 0 || dprintf(map, "0 %d 1", uid) < 0))
			_exit(77);
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("mine", "m", "tmpfs", 0, "size=64k"))
			_exit(77);
		int fd = creat("m/hidden", 0600);
		if (fd < 0 && errno == EOVERFLOW)
			_exit(77); /* no group of ours is mapped */
		CHECK(fd >= 0 && access("m/hidden", F_OK) == 0);
		puts("child has its mount");
		CHECK(umount2("m", MNT_DETACH) == 0);
		CHECK(access("m/hidden", F_OK) == -1);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	if (WEXITSTATUS(status) == 77)
		TEMPDIR_SKIP("mount namespaces are not permitted");
	CHECK(status == 0 && access("m/hidden", F_OK) == -1);
	puts("ok");
	return 0;
}
