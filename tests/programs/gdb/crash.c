/* It writes through a pointer that another function had lost. */
#include <stdio.h>
#include <stdlib.h>

struct node {
	struct node *next;
	int value;
};

static void lose(struct node *n)
{
	n->next = NULL;
}

static int sum(struct node *n)
{
	int value = n->value;

	return value + n->next->value;
}

int main(void)
{
	struct node b = {NULL, 2}, a = {&b, 1};

	printf("%d\n", sum(&a));
	fflush(stdout);
	lose(&a);
	return sum(&a);
}
