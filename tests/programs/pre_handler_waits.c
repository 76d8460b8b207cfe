/* A handler computes until another signal's handler has interrupted it. */
#include "preempt.h"

static volatile sig_atomic_t inner, outer, order[40], n;

static void on_inner(int sig, siginfo_t *info, void *context)
{
	(void)info, (void)context;
	order[n++] = sig;
	inner++;
}

static void on_outer(int sig, siginfo_t *info, void *context)
{
	int before = inner;
	unsigned long turns;

	(void)info, (void)context;
	order[n++] = sig;
	timer_every(ITIMER_PROF, 1000);
	for (turns = 0; inner == before; turns++)
		;
	timer_every(ITIMER_PROF, 0);
	order[n++] = sig;
	outer++;
}

int main(void)
{
	unsigned long turns = 0;
	int i;

	handle(SIGALRM, on_outer, 0);
	handle(SIGPROF, on_inner, 0);
	for (i = 0; i < 10; i++) {
		struct itimerval soon = {.it_value = {.tv_usec = 1000}};

		n = 0;
		CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
		while (outer == i)
			turns++;
		CHECK(order[0] == SIGALRM && order[1] == SIGPROF && order[n - 1] == SIGALRM &&
		      n >= 3);
	}
	printf("%lu turns, %d inner\n", turns, (int)inner);
	puts("ok");
	return 0;
}
