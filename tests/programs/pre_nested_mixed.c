/* Three timers at high rates with different signals interrupt each other's handlers, one on another
 * stack. */
#include "preempt.h"

#include <time.h>

enum { HITS = 300 };

static char stack[65536];
static volatile sig_atomic_t hits[3], depth, deepest;
static timer_t timers[3];
static volatile uint64_t order;

static void ring(int sig, siginfo_t *info, void *context)
{
	static const struct itimerspec never;
	volatile int work;
	int which = sig - SIGRTMIN, mine = ++depth;
	char *here = (char *)&work;

	(void)info;
	CHECK((which == 2) == (here > stack && here < stack + sizeof(stack)));
	if (mine > deepest)
		deepest = mine;
	order = mix_frame(mix(order, (uint64_t)which), context);
	if (++hits[which] == HITS)
		CHECK(!timer_settime(timers[which], 0, &never, NULL));
	for (work = 0; work < 20000; work++)
		;
	CHECK(depth == mine);
	depth--;
}

int main(void)
{
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	unsigned long turns;
	int i;

	CHECK(!sigaltstack(&alternate, NULL));
	for (i = 0; i < 3; i++) {
		struct itimerspec every = {{0, 100000 + i * 70000}, {0, 100000 + i * 70000}};
		struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + i};

		handle(SIGRTMIN + i, ring, i == 2 ? SA_ONSTACK : 0);
		/* The one on the other stack blocks the others, which would run on that stack,
		 * too. */
		if (i == 2) {
			struct sigaction act = {.sa_sigaction = ring,
						.sa_flags = SA_SIGINFO | SA_ONSTACK};

			sigfillset(&act.sa_mask);
			CHECK(!sigaction(SIGRTMIN + i, &act, NULL));
		}
		CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timers[i]));
		CHECK(!timer_settime(timers[i], 0, &every, NULL));
	}
	for (turns = 0; hits[0] < HITS || hits[1] < HITS || hits[2] < HITS; turns++)
		;
	CHECK(!depth);
	printf("%lu turns, %d deep, %016lx\n", turns, (int)deepest, (unsigned long)order);
	puts("ok");
	return 0;
}
