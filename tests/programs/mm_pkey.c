/* Protection keys are used, or refused by the CPU. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int key = pkey_alloc(0, 0);

	CHECK(p != MAP_FAILED);
	strcpy(p, "keyed");
	printf("pkey_alloc: %s\n", key < 0 ? strerror(errno) : "served");
	CHECK(key >= 0 || errno == ENOSYS || errno == EINVAL || errno == ENOSPC);
	if (key >= 0) {
		CHECK(pkey_mprotect(p, 4096, PROT_READ | PROT_WRITE, key) == 0);
		p[0] = 'K';
		CHECK(pkey_mprotect(p, 4096, PROT_READ | PROT_WRITE, -1) == 0);
		CHECK(pkey_free(key) == 0);
	}
	CHECK(pkey_free(14) == -1);
	puts(p);
	puts("ok");
	return 0;
}
