/* The main stack grows by page faults, to about 6 MB. */
#include "check.h"

#include <alloca.h>

static int deep(int n)
{
	volatile char frame[1000];

	frame[0] = n;
	frame[999] = n;
	int below = n ? deep(n - 1) : 0;
	return below + (frame[0] == frame[999]);
}

int main(void)
{
	int sum = deep(5000);

	CHECK(sum == 5001);
	volatile char *far = alloca(1 << 20);
	far[0] = 1;
	far[(1 << 20) - 1] = 2;
	printf("%p %d\n", (void *)far, sum);
	CHECK(far[0] == 1 && far[(1 << 20) - 1] == 2);
	puts("ok");
	return 0;
}
