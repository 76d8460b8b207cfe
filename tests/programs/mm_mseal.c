/* A sealed mapping cannot be unmapped or changed. */
#include "check.h"

#include <sys/mman.h>
#include <sys/syscall.h>

int main(void)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	strcpy(p, "sealed");
	if (syscall(462, p, 4096, 0))
		SKIP("no mseal");
	CHECK(munmap(p, 4096) == -1 && errno == EPERM);
	CHECK(mprotect(p, 4096, PROT_READ) == -1 && errno == EPERM);
	CHECK(mmap(p, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		      MAP_FAILED &&
	      errno == EPERM);
	p[0] = 'S';
	printf("%p %s\n", (void *)p, p);
	puts("ok");
	return 0;
}
