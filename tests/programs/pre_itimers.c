/* Each interval timer expires ten times in a loop without calls. */
#include "preempt.h"

static volatile sig_atomic_t expirations;
static volatile uint64_t where;

static void ring(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)info;
	expirations++;
	where = mix_frame(where, context);
}

int main(void)
{
	static const struct {
		int which, sig;
	} timers[] = {{ITIMER_REAL, SIGALRM}, {ITIMER_VIRTUAL, SIGVTALRM}, {ITIMER_PROF, SIGPROF}};
	struct itimerval left;
	unsigned long turns;
	int i;

	for (i = 0; i < 3; i++) {
		expirations = 0;
		handle(timers[i].sig, ring, 0);
		timer_every(timers[i].which, 2000);
		for (turns = 0; expirations < 10; turns++)
			;
		timer_every(timers[i].which, 0);
		CHECK(!getitimer(timers[i].which, &left) && !left.it_value.tv_usec &&
		      !left.it_value.tv_sec);
		printf("%d: %lu turns, %016lx\n", timers[i].which, turns, (unsigned long)where);
	}
	puts("ok");
	return 0;
}
