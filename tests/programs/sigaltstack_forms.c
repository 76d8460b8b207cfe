/* sigaltstack: what it reports on and off the stack, its errors, AUTODISARM; handlers run there. */
#include "check.h"

#include <signal.h>

static char area[65536];
static volatile int flags_inside, inside;

static void look(int sig)
{
	stack_t now, off = {.ss_flags = SS_DISABLE};
	char here;

	(void)sig;
	CHECK(!sigaltstack(NULL, &now));
	flags_inside = now.ss_flags;
	inside = &here >= area && &here < area + sizeof(area);
	if (now.ss_flags == SS_ONSTACK)
		CHECK(sigaltstack(&off, NULL) == -1 && errno == EPERM);
}

int main(void)
{
	stack_t stack = {.ss_sp = area, .ss_size = sizeof(area)},
		small = {.ss_sp = area, .ss_size = 100}, now;
	struct sigaction action = {.sa_handler = look, .sa_flags = SA_ONSTACK};

	CHECK(!sigaltstack(NULL, &now) && now.ss_flags == SS_DISABLE);
	CHECK(sigaltstack(&small, NULL) == -1 && errno == ENOMEM);
	CHECK(!sigaltstack(&stack, NULL) && !sigaction(SIGUSR1, &action, NULL));
	CHECK(!raise(SIGUSR1) && inside && flags_inside == SS_ONSTACK);
	CHECK(!sigaltstack(NULL, &now) && now.ss_sp == area && now.ss_flags == 0);
	stack.ss_flags = (int)(1U << 31);
	CHECK(!sigaltstack(&stack, NULL));
	CHECK(!raise(SIGUSR1) && inside && flags_inside == SS_DISABLE);
	CHECK(!sigaltstack(NULL, &now) && now.ss_sp == area && now.ss_flags == stack.ss_flags);
	stack.ss_flags = SS_DISABLE;
	CHECK(!sigaltstack(&stack, NULL));
	CHECK(!raise(SIGUSR1) && !inside);
	printf("stack at %p\n", (void *)area);
	puts("ok");
	return 0;
}
