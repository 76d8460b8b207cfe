/* seteuid and setresuid back and forth, and fsuid follows; forks and writes work in between. */
#include "check.h"

#include <sys/fsuid.h>

int main(void)
{
	uid_t real, effective, saved;
	pid_t child;

	if (getuid())
		SKIP("not root");
	CHECK(!setegid(65534) && !seteuid(65534));
	CHECK(getuid() == 0 && geteuid() == 65534 && setfsuid(-1) == 65534);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		printf("child's effective user %d\n", (int)geteuid());
		_exit(seteuid(0));
	}
	CHECK(status_of(child) == 0);
	CHECK(!seteuid(0) && !setegid(0));
	CHECK(!setresuid(1, 2, 0));
	CHECK(!getresuid(&real, &effective, &saved) && real == 1 && effective == 2 && saved == 0);
	CHECK(!setresuid(-1, 0, -1) && !setresuid(0, 0, 0));
	printf("user %d\n", (int)getuid());
	puts("ok");
	return 0;
}
