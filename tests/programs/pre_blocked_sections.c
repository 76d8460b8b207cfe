/* Signals that are blocked during a computation arrive when they are unblocked, and never before.
 */
#include "preempt.h"

static volatile sig_atomic_t expirations, blocked;
static volatile uint64_t where;

static void ring(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info;
	CHECK(!blocked);
	where = mix_frame(where, context);
	expirations++;
}

int main(void)
{
	volatile uint64_t x = 1;
	sigset_t set, now, pending;
	unsigned long turns = 0;
	int i, waits = 0, before;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	handle(SIGALRM, ring, 0);
	timer_every(ITIMER_REAL, 1000);
	while (waits < 20) {
		CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
		blocked = 1;
		before = expirations;
		for (i = 0; i < 1000000; i++)
			x = mix(x, (uint64_t)i);
		CHECK(!sigprocmask(SIG_BLOCK, NULL, &now) && sigismember(&now, SIGALRM));
		CHECK(!sigpending(&pending) && expirations == before);
		waits += sigismember(&pending, SIGALRM);
		blocked = 0;
		CHECK(!sigprocmask(SIG_UNBLOCK, &set, NULL));
		CHECK(!sigismember(&pending, SIGALRM) || expirations > before);
		for (before = expirations; expirations == before; turns++)
			;
	}
	timer_every(ITIMER_REAL, 0);
	printf("%lu turns, %d expirations, %016lx\n", turns, (int)expirations,
	       (unsigned long)where);
	puts("ok");
	return 0;
}
