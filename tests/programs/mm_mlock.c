/* mlock, mlock2 and mlockall lock memory, if they are permitted. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	if (mlock(p, 2 * 4096))
		SKIP("mlock is not permitted");
	p[0] = 'l';
	CHECK(mlock2(p + 2 * 4096, 4096, MLOCK_ONFAULT) == 0);
	p[2 * 4096] = 'm';
	CHECK(munlock(p, 4096) == 0 && p[0] == 'l');
	int all = mlockall(MCL_CURRENT | MCL_FUTURE);
	char *q = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(q != MAP_FAILED && q[0] == 0);
	q[0] = 'n';
	printf("%p %c%c%c mlockall %d\n", (void *)p, p[0], p[2 * 4096], q[0], all);
	CHECK(munlockall() == 0);
	CHECK(mlock((void *)4096, 4096) == -1 && (errno == ENOMEM || errno == EPERM));
	puts("ok");
	return 0;
}
