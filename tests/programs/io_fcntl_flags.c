/* fcntl reads and changes flags, owner and signal of descriptors. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>

int main(void)
{
	int p[2];
	struct f_owner_ex owner;

	CHECK(pipe2(p, O_CLOEXEC) == 0);
	CHECK(fcntl(p[0], F_GETFD) == FD_CLOEXEC && fcntl(p[0], F_SETFD, 0) == 0 &&
	      fcntl(p[0], F_GETFD) == 0);
	CHECK((fcntl(p[0], F_GETFL) & O_ACCMODE) == O_RDONLY &&
	      (fcntl(p[1], F_GETFL) & O_ACCMODE) == O_WRONLY);
	CHECK(fcntl(p[0], F_SETFL, O_NONBLOCK) == 0 && (fcntl(p[0], F_GETFL) & O_NONBLOCK));
	CHECK(fcntl(p[0], F_SETOWN, getpid()) == 0 && fcntl(p[0], F_GETOWN) == getpid());
	CHECK(fcntl(p[0], F_SETOWN, -getpgrp()) == 0 || errno == EPERM);
	CHECK(fcntl(p[0], F_GETOWN_EX, &owner) == 0);
	CHECK(fcntl(p[0], F_SETSIG, SIGUSR1) == 0 && fcntl(p[0], F_GETSIG) == SIGUSR1);
	printf("flags %x owner %d %d\n", fcntl(p[1], F_GETFL), owner.type, owner.pid);
	CHECK(fcntl(-1, F_GETFL) == -1 && errno == EBADF);
	CHECK(fcntl(p[0], 12345) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
