/* A MAP_GROWSDOWN mapping grows by page faults, without calls. */
#include "check.h"

#include <sys/mman.h>

int main(void)
{
	const size_t room = 16 << 20;
	char *p = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED && munmap(p, room) == 0);
	char *top = mmap(p + room - 4096, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	CHECK(top == p + room - 4096);
	strcpy(top, "top");
	for (int i = 1; i <= 40; i++) {
		CHECK(top[-i * 4096] == 0);
		top[-i * 4096] = i;
	}
	for (int i = 1; i <= 40; i++)
		CHECK(top[-i * 4096] == i);
	printf("%p %s\n", (void *)top, top);
	CHECK(munmap(top - 40 * 4096, 41 * 4096) == 0);
	puts("ok");
	return 0;
}
