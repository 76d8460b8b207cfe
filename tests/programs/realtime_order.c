/* Realtime signals queue each on their own, lowest number first, each number in order; others
 * merge. */
#include "check.h"

#include <signal.h>

static volatile int count, values[16];

static void note(int sig, siginfo_t *info, void *context)
{
	(void)context;
	values[count++] = (sig - SIGRTMIN) * 100 + info->si_value.sival_int;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
	static const int expected[] = {100, 101, 102, 200, 201, 202, 300, 301, 302};
	sigset_t set;
	int i, sig;

	sigfillset(&set);
	action.sa_mask = set;
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	for (sig = SIGRTMIN + 3; sig > SIGRTMIN; sig--) {
		CHECK(!sigaction(sig, &action, NULL));
		for (i = 0; i < 3; i++)
			CHECK(!sigqueue(getpid(), sig, (union sigval){.sival_int = i}));
	}
	CHECK(!sigaction(SIGUSR1, &action, NULL) && !raise(SIGUSR1) && !raise(SIGUSR1));
	CHECK(!sigprocmask(SIG_UNBLOCK, &set, NULL));
	for (i = 0; i < count; i++)
		printf("%d ", values[i]);
	puts("");
	CHECK(count == 10);
	for (i = 0; i < 9; i++)
		CHECK(values[i + 1] == expected[i]);
	puts("ok");
	return 0;
}
