/* A handler leaves a computation by siglongjmp, a hundred times, from a different depth of calls
 * each. */
#include "preempt.h"

#include <setjmp.h>

static sigjmp_buf out;
static volatile unsigned long turns;
static volatile int forever = 1;

static void leave(int sig, siginfo_t *info, void *context)
{
	(void)info, (void)context;
	siglongjmp(out, sig);
}

__attribute__((noinline)) static unsigned long compute(int depth)
{
	if (depth)
		return compute(depth - 1) + 1;
	while (forever)
		turns++;
	return 0;
}

int main(void)
{
	volatile uint64_t sum = 0;
	volatile int i;

	handle(SIGALRM, leave, 0);
	for (i = 0; i < 100; i++) {
		if (!sigsetjmp(out, 1)) {
			struct itimerval soon = {.it_value = {.tv_usec = 500}};

			CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
			compute(i % 10);
		}
		sum = mix(sum, turns);
	}
	printf("%lu turns, %016lx\n", turns, (unsigned long)sum);
	puts("ok");
	return 0;
}
