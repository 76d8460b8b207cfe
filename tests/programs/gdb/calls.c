/* calls COUNT: a function that is called COUNT times. */
#include <stdio.h>
#include <stdlib.h>

static unsigned long sum;

__attribute__((noinline)) static void called(unsigned long i)
{
	sum += i;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;

	for (unsigned long i = 0; i < count; i++)
		called(i);
	printf("%lu\n", sum);
	return 0;
}
