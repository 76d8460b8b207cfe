/* heap [ROUNDS]: a string that is too long ends in its neighbour, which is used ROUNDS of work
 * later. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct neighbour {
	char text[16];
	int *number;
};

static void copy(struct neighbour *n, const char *text)
{
	strcpy(n->text, text);
}

static unsigned work(unsigned long rounds)
{
	unsigned x = 1;

	while (rounds--)
		x = x * 1664525 + 1013904223;
	return x;
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	struct neighbour *n = malloc(sizeof(*n));
	int number = 5;

	n->number = &number;
	unsigned x = work(rounds);
	copy(n, "sixteen letters!......");
	x += work(rounds);
	printf("%u\n", x);
	fflush(stdout);
	return *n->number;
}
