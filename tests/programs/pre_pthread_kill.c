/* pthread_kill and tgkill to threads that compute: every queued signal arrives, in order, in the
 * right thread. */
#include "preempt.h"

#include <sys/syscall.h>

enum { THREADS = 3, SIGNALS = 20 };

static __thread volatile sig_atomic_t got;
static __thread volatile uint64_t where;
static atomic_int tids[THREADS];

static void count(int sig, siginfo_t *info, void *context)
{
	CHECK(info->si_code == SI_TKILL && info->si_pid == getpid() && sig == SIGRTMIN);
	where = mix_frame(where, context);
	got++;
}

static void *work(void *arg)
{
	unsigned long turns;

	atomic_store(&tids[(long)arg], gettid());
	for (turns = 0; got < SIGNALS; turns++)
		;
	CHECK(got == SIGNALS);
	return (void *)(where ^ turns);
}

int main(void)
{
	pthread_t threads[THREADS];
	long t, n;
	void *sum;

	handle(SIGRTMIN, count, 0);
	for (t = 0; t < THREADS; t++)
		CHECK(!pthread_create(&threads[t], NULL, work, (void *)t));
	for (t = 0; t < THREADS; t++)
		while (!atomic_load(&tids[t]))
			;
	for (n = 0; n < SIGNALS; n++)
		for (t = 0; t < THREADS; t++)
			if (n & 1)
				CHECK(!pthread_kill(threads[t], SIGRTMIN));
			else
				CHECK(!syscall(SYS_tgkill, getpid(), tids[t], SIGRTMIN));
	for (t = 0; t < THREADS; t++) {
		CHECK(!pthread_join(threads[t], &sum));
		printf("%016lx\n", (unsigned long)sum);
	}
	puts("ok");
	return 0;
}
