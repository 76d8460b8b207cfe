/* A timer at 10 kHz whose handler computes for longer than that, and interrupts itself
 * (SA_NODEFER). */
#include "preempt.h"

enum { HITS = 800 };

static volatile sig_atomic_t hits, depth, deepest;
static volatile uint64_t where, work;

static void nest(int sig, siginfo_t *info, void *context)
{
	int i, mine = ++depth;

	(void)sig, (void)info;
	if (mine > deepest)
		deepest = mine;
	where = mix_frame(where, context);
	if (++hits == HITS)
		timer_every(ITIMER_REAL, 0);
	for (i = 0; mine < 6 && hits < HITS && i < 100000; i++)
		work++;
	CHECK(depth == mine);
	depth--;
}

int main(void)
{
	unsigned long turns;

	handle(SIGALRM, nest, SA_NODEFER);
	timer_every(ITIMER_REAL, 100);
	for (turns = 0; hits < HITS; turns++)
		;
	CHECK(!depth);
	printf("%lu turns, %d deep, %016lx\n", turns, (int)deepest, (unsigned long)where);
	puts("ok");
	return 0;
}
