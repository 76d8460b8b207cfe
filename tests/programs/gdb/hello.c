/* What a debugger shows: locals, structures, globals, thread-locals, calls in calls. */
#include <stdio.h>

struct point {
	int x, y;
	const char *name;
};

static __thread long mine = 40;
static int total;

static int add(struct point *p, int n)
{
	int sum = p->x + n;

	total += sum;
	p->y = sum;
	return sum;
}

static int twice(struct point *p, int n)
{
	mine++;
	return add(p, n) + add(p, n + 1);
}

int main(void)
{
	struct point p = {.x = 1, .name = "first"};
	int last = 0;

	for (int i = 0; i < 3; i++)
		last = twice(&p, i);
	printf("%d %d %ld %s\n", last, total, mine, p.name);
	return 0;
}
