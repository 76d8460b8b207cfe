/* A signal circulates among three computing threads: the handler in one sends it to the next. */
#include "preempt.h"

enum { THREADS = 3, HOPS = 5 };

static pthread_t threads[THREADS];
static atomic_int ready, hops;
static __thread long me;
static unsigned long turns[THREADS];

static void pass_on(int sig, siginfo_t *info, void *context)
{
	(void)info, (void)context;
	if (atomic_fetch_add(&hops, 1) + 1 < HOPS)
		CHECK(!pthread_kill(threads[(me + 1) % THREADS], sig));
}

static void *work(void *arg)
{
	me = (long)arg;
	atomic_fetch_add(&ready, 1);
	while (atomic_load_explicit(&hops, memory_order_relaxed) < HOPS)
		turns[me]++;
	return NULL;
}

int main(void)
{
	long t;

	handle(SIGUSR1, pass_on, 0);
	for (t = 0; t < THREADS; t++)
		CHECK(!pthread_create(&threads[t], NULL, work, (void *)t));
	while (atomic_load(&ready) < THREADS)
		;
	CHECK(!pthread_kill(threads[0], SIGUSR1));
	for (t = 0; t < THREADS; t++) {
		CHECK(!pthread_join(threads[t], NULL));
		printf("%lu turns\n", turns[t]);
	}
	CHECK(hops == HOPS);
	puts("ok");
	return 0;
}
