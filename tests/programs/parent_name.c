/* What a program sees of its parent: a process that exists and has a name. */
#include "check.h"

#include <signal.h>

int main(void)
{
	char path[64], name[64] = "", exe[4096] = "";
	pid_t parent = getppid();
	ssize_t length;
	int fd;

	CHECK(parent > 0);
	CHECK(!kill(parent, 0) || errno == EPERM);
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)parent);
	CHECK((fd = open(path, O_RDONLY)) >= 0 && read(fd, name, sizeof(name) - 1) > 1);
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)parent);
	length = readlink(path, exe, sizeof(exe) - 1);
	CHECK(length > 0 || errno == EACCES);
	printf("parent %d is %s", (int)parent, name);
	printf("%s\n", exe);
	printf("group %d session %d, parent's %d\n", (int)getpgrp(), (int)getsid(0),
	       (int)getsid(parent));
	CHECK(getppid() == parent);
	puts("ok");
	return 0;
}
