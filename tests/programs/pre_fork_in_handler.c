/* A handler forks in the middle of a computation; parent and child finish it with the same result.
 */
#include "preempt.h"

enum { CHILDREN = 8 };

static volatile sig_atomic_t forks;
static volatile pid_t children[CHILDREN];
static volatile int mine = -1;

static void split(int sig, siginfo_t *info, void *context)
{
	pid_t child;

	(void)sig, (void)info, (void)context;
	if (forks == CHILDREN || mine >= 0)
		return;
	child = fork();
	CHECK(child >= 0);
	if (!child)
		mine = forks;
	else
		children[forks] = child;
	forks++;
}

static volatile uint64_t start = 1;

static uint64_t compute(void)
{
	uint64_t x = start;
	int i;

	for (i = 0; i < 2000000; i++)
		x = mix(x, (uint64_t)i);
	return x;
}

int main(void)
{
	uint64_t x, right = compute();
	int i, rounds = 0, status;

	handle(SIGALRM, split, 0);
	timer_every(ITIMER_REAL, 2000);
	do {
		x = compute();
		CHECK(x == right);
		rounds++;
	} while (forks < CHILDREN && mine < 0);
	if (mine >= 0)
		_exit(40 + mine);
	timer_every(ITIMER_REAL, 0);
	for (i = 0; i < CHILDREN; i++) {
		status = status_of(children[i]);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 40 + i);
	}
	printf("%d rounds\n", rounds);
	puts("ok");
	return 0;
}
