/* malloc takes memory by brk and mmap and grows it by mremap, 200 MB in all. */
#include "check.h"

int main(void)
{
	char *small[100], *p = NULL;

	for (int i = 0; i < 100; i++) {
		small[i] = malloc(20000 + i * 1000);
		CHECK(small[i]);
		memset(small[i], i, 20000);
	}
	for (size_t size = 1 << 20; size <= 128 << 20; size *= 2) {
		char *q = realloc(p, size);
		CHECK(q && (!p || q[size / 4] == 'h'));
		p = q;
		p[size / 2] = 'h';
		p[size - 1] = 'e';
	}
	printf("%p %p %c\n", (void *)small[50], (void *)p, p[64 << 20]);
	for (int i = 0; i < 100; i++) {
		CHECK(small[i][19999] == i);
		free(small[i]);
	}
	free(p);
	volatile size_t too_big = 1ul << 62;
	void *volatile none = malloc(too_big);
	CHECK(none == NULL && errno == ENOMEM);
	puts("ok");
	return 0;
}
