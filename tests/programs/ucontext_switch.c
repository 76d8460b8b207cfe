/* makecontext and swapcontext: two coroutines alternate, with a signal mask of their own. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

static ucontext_t home, one, two;
static char stacks[2][65536] __attribute__((aligned(16)));
static int steps;

static void coroutine(int me, int rounds)
{
	sigset_t now;
	int i;

	for (i = 0; i < rounds; i++) {
		printf("coroutine %d step %d\n", me, i);
		steps++;
		CHECK(!sigprocmask(SIG_BLOCK, NULL, &now) &&
		      sigismember(&now, SIGUSR1) == (me == 2));
		CHECK(!swapcontext(me == 1 ? &one : &two, me == 1 ? &two : &one));
	}
}

int main(void)
{
	CHECK(!getcontext(&one) && !getcontext(&two));
	one.uc_stack = (stack_t){.ss_sp = stacks[0], .ss_size = sizeof(stacks[0])};
	two.uc_stack = (stack_t){.ss_sp = stacks[1], .ss_size = sizeof(stacks[1])};
	one.uc_link = two.uc_link = &home;
	sigaddset(&two.uc_sigmask, SIGUSR1);
	makecontext(&one, (void (*)(void))coroutine, 2, 1, 10);
	makecontext(&two, (void (*)(void))coroutine, 2, 2, 10);
	CHECK(!swapcontext(&home, &one));
	printf("%d steps\n", steps);
	CHECK(steps == 20);
	puts("ok");
	return 0;
}
