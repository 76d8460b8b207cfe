/* Recursions that consist of nothing but indirect calls, by pointers, in all shapes of call
 * instructions: timer signals come in their midst. */
#include "preempt.h"

#define DEPTH 18

static uint64_t hash;

static uint64_t plain(unsigned n);
static uint64_t (*volatile by_pointer)(unsigned) = plain;

static uint64_t plain(unsigned n)
{
	hash = mix(hash, n);
	return n < 2 ? n : by_pointer(n - 1) + by_pointer(n - 2);
}

/* The call is a jump's target, so that nothing is before it; it has no operands but registers. */
extern uint64_t bare(uint64_t (*self)(void *, uint64_t), uint64_t n);
FUNCTION(
	bare,
	"	push %rbx\n	push %rbp\n	mov %rdi, %rbx\n	dec %rsi\n	mov %rsi, %rbp\n"
	"	js 2f\n	cmp $3, %rsi\n	je 1f\n	nop\n1:	call *%rbx\n	mov %rbx, %rdi\n"
	"	mov %rbp, %rsi\n	mov %rdi, %rax\n	call *%rax\n2:	lea 1(%rbp), %rax\n"
	"	pop %rbp\n	pop %rbx\n	ret");

struct node {
	const struct kind *kind;
	struct node *left, *right;
	uint64_t value;
};

struct kind {
	void *unused[20];
	uint64_t (*sum)(const struct node *);
};

static uint64_t sum(const struct node *n)
{
	uint64_t v = n->value;

	if (n->left)
		v += n->left->kind->sum(n->left);
	if (n->right)
		v += n->right->kind->sum(n->right);
	return v;
}

static const struct kind inner = {.sum = sum};

static struct node *tree(unsigned depth)
{
	struct node *n = calloc(1, sizeof(*n));

	CHECK(n);
	*n = (struct node){&inner, depth ? tree(depth - 1) : NULL, depth ? tree(depth - 1) : NULL,
			   depth};
	return n;
}

int main(void)
{
	struct node *root = tree(12);

	alarms_start();
	do {
		printf("%lu\n", plain(DEPTH));
		printf("%lu\n", bare((uint64_t(*)(void *, uint64_t))bare, 12));
		printf("%lu\n", root->kind->sum(root));
	} while (alarms < 10);
	alarms_stop();
	printf("%016lx\n", hash);
	puts("ok");
	return 0;
}
