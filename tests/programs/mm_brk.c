/* The break moves up and down by pages. Pages that were given back are zero when they return. */
#include "check.h"

#include <sys/syscall.h>

static char *set_break(char *to)
{
	return (char *)syscall(SYS_brk, to);
}

int main(void)
{
	puts("stdio has its buffer now");
	char *start = set_break(NULL);

	CHECK(set_break(start + 5 * 4096) == start + 5 * 4096);
	memset(start, 'b', 5 * 4096);
	CHECK(set_break(start + 100) == start + 100);
	CHECK(start[99] == 'b');
	CHECK(set_break(start + 5 * 4096) == start + 5 * 4096);
	CHECK(start[2 * 4096] == 0 && start[5 * 4096 - 1] == 0);
	CHECK(set_break((char *)4096) == start + 5 * 4096);
	CHECK(set_break(start) == start);
	for (int i = 1; i <= 50; i++)
		CHECK(set_break(start + i * 1000) == start + i * 1000);
	start[49999] = 'z';
	printf("%p %c\n", (void *)start, start[49999]);
	CHECK(set_break(start) == start);
	puts("ok");
	return 0;
}
