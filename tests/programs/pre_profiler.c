/* A profiler, SIGPROF a thousand times a second, finds a computation at the same places in each
 * replay. */
#include "preempt.h"

enum { HITS = 60 };

static volatile sig_atomic_t hits;
static volatile uint64_t progress, found;
static uint64_t first[4];

static void profile(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	CHECK(info->si_code == SI_KERNEL);
	if (hits < 4)
		first[hits] = progress;
	found = mix_frame(mix(found, progress), context);
	hits++;
}

int main(void)
{
	uint64_t x = 1, n;

	handle(SIGPROF, profile, SA_RESTART);
	timer_every(ITIMER_PROF, 1000);
	for (n = 0; hits < HITS; n++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		progress = n;
	}
	timer_every(ITIMER_PROF, 0);
	printf("%lu turns, state %016lx\n", (unsigned long)n, (unsigned long)x);
	printf("hits at %lu %lu %lu %lu\n", first[0], first[1], first[2], first[3]);
	printf("all: %016lx\n", (unsigned long)found);
	CHECK(hits >= HITS && first[0] <= first[1] && first[1] <= first[2] && first[2] <= first[3]);
	puts("ok");
	return 0;
}
