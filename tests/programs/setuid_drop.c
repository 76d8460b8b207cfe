/* A root process drops to another user for good, in a child, and can't come back. */
#include "check.h"

#include <grp.h>
#include <sys/prctl.h>

int main(void)
{
	uid_t real, effective, saved;
	gid_t groups[2];
	pid_t child;

	if (getuid())
		SKIP("not root");
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		gid_t supplementary[2] = {7, 8};

		CHECK(!setgroups(2, supplementary) && getgroups(2, groups) == 2 && groups[1] == 8);
		CHECK(!setgid(65534) && getgid() == 65534 && getegid() == 65534);
		CHECK(!setuid(65534) && getuid() == 65534 && geteuid() == 65534);
		CHECK(!getresuid(&real, &effective, &saved) && saved == 65534);
		CHECK(setuid(0) == -1 && errno == EPERM);
		CHECK(open("/etc/shadow", O_RDONLY) == -1);
		CHECK(prctl(PR_GET_DUMPABLE) != 1);
		printf("child %d is user %d\n", (int)getpid(), (int)getuid());
		_exit(0);
	}
	CHECK(status_of(child) == 0 && getuid() == 0);
	puts("ok");
	return 0;
}
