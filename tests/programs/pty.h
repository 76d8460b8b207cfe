/* A pseudo terminal whose slave is no process's controlling terminal yet. */
#ifndef PTY_H
#define PTY_H
#include "check.h"

static inline int pty_pair(int *master)
{
	char name[64];

	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*master < 0)
		SKIP("no pseudo terminals");
	CHECK(grantpt(*master) == 0 && unlockpt(*master) == 0 &&
	      ptsname_r(*master, name, sizeof(name)) == 0);
	int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK(slave >= 0);
	return slave;
}
#endif
