/* One shared page is mapped at four addresses: twice by mmap, by mremap of length 0, and by
 * MAP_FIXED. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	const int rw = PROT_READ | PROT_WRITE;
	int fd = memfd_create("alias", 0);

	CHECK(fd >= 0 && ftruncate(fd, 2 * 4096) == 0);
	char *a = mmap(NULL, 4096, rw, MAP_SHARED, fd, 4096);
	char *b = mmap(NULL, 2 * 4096, rw, MAP_SHARED, fd, 0);
	CHECK(a != MAP_FAILED && b != MAP_FAILED);
	char *c = mremap(a, 0, 4096, MREMAP_MAYMOVE);
	CHECK(c != MAP_FAILED && c != a);
	strcpy(c, "one");
	CHECK(!strcmp(a, "one") && !strcmp(b + 4096, "one"));
	CHECK(mmap(b, 4096, rw, MAP_SHARED | MAP_FIXED, fd, 4096) == b);
	strcpy(b, "two");
	CHECK(!strcmp(a, "two") && !strcmp(b + 4096, "two") && !strcmp(c, "two"));
	volatile int *x = (int *)(a + 64), *y = (int *)(b + 64), *z = (int *)(c + 64);
	for (int i = 0; i < 1000; i++) {
		(*x)++;
		*y += 2;
		*z += 3;
	}
	printf("%p %p %p %d\n", (void *)a, (void *)b, (void *)c, *x);
	CHECK(*x == 6000);
	puts("ok");
	return 0;
}
