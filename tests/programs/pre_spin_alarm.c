/* A loop of nothing but a test of a flag that a SIGALRM handler sets. */
#include "preempt.h"

static volatile sig_atomic_t done;

static void set(int sig)
{
	(void)sig;
	done = 1;
}

int main(void)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 3000}};
	unsigned long turns;
	int i;

	CHECK(signal(SIGALRM, set) != SIG_ERR);
	for (i = 0; i < 10; i++) {
		done = 0;
		CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
		while (!done)
			;
		done = 0;
		CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
		for (turns = 0; !done; turns++)
			;
		printf("%lu turns\n", turns);
	}
	puts("ok");
	return 0;
}
