/* A threaded program computes and is interrupted while SIGTRAP is blocked, ignored, handled or has
 * its default action. Neither mask nor action changes, and no SIGTRAP arrives that was not sent. */
#include "preempt.h"

static volatile sig_atomic_t caught;
static atomic_int stop;

static void catch (int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	CHECK(info->si_code == SI_TKILL && info->si_pid == getpid());
	caught++;
}

static void *compute(void *arg)
{
	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		++*(volatile unsigned long *)arg;
	return NULL;
}

static void be_interrupted(int times)
{
	int before = alarms;

	while (alarms < before + times)
		;
}

int main(void)
{
	static void (*const actions[])(int) = {SIG_DFL, SIG_IGN, NULL};
	unsigned long turns = 0;
	struct sigaction act;
	sigset_t set, now;
	pthread_t thread;
	int i, block;

	sigemptyset(&set);
	sigaddset(&set, SIGTRAP);
	CHECK(!pthread_create(&thread, NULL, compute, &turns));
	alarms_start();
	for (i = 0; i < 6; i++) {
		block = i / 3;
		if (actions[i % 3] || i % 3 == 0)
			CHECK(signal(SIGTRAP, actions[i % 3]) != SIG_ERR);
		else
			handle(SIGTRAP, catch, 0);
		CHECK(!pthread_sigmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL));
		be_interrupted(10);
		CHECK(!pthread_sigmask(SIG_BLOCK, NULL, &now) &&
		      sigismember(&now, SIGTRAP) == block);
		CHECK(!sigpending(&now) && !sigismember(&now, SIGTRAP));
		CHECK(!sigaction(SIGTRAP, NULL, &act));
		CHECK(act.sa_handler == actions[i % 3] ||
		      (i % 3 == 2 && act.sa_sigaction == catch));
		CHECK(!caught);
	}
	CHECK(!raise(SIGTRAP) && !caught);
	be_interrupted(10);
	CHECK(!sigpending(&now) && sigismember(&now, SIGTRAP) && !caught);
	CHECK(!pthread_sigmask(SIG_UNBLOCK, &set, NULL) && caught == 1);
	CHECK(!raise(SIGTRAP) && caught == 2);
	atomic_store(&stop, 1);
	CHECK(!pthread_join(thread, NULL));
	alarms_stop();
	printf("%lu turns\n", turns);
	puts("ok");
	return 0;
}
