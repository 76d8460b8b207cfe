/* A thread spins until another, which has to sleep for a mutex first, sets its flag. */
#include "preempt.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_int flag, holding;
static unsigned long turns;

static void *hold(void *arg)
{
	volatile unsigned long work;

	CHECK(!pthread_mutex_lock(&mutex));
	atomic_store(&holding, 1);
	for (work = 0; work < 3000000; work++)
		;
	CHECK(!pthread_mutex_unlock(&mutex));
	return arg;
}

static void *take_and_set(void *arg)
{
	while (!atomic_load(&holding))
		;
	CHECK(!pthread_mutex_lock(&mutex));
	atomic_store(&flag, 1);
	CHECK(!pthread_mutex_unlock(&mutex));
	return arg;
}

int main(void)
{
	pthread_t holder, taker;
	int i;

	for (i = 0; i < 2; i++) {
		flag = holding = 0;
		CHECK(!pthread_create(&taker, NULL, take_and_set, NULL));
		CHECK(!pthread_create(&holder, NULL, hold, NULL));
		for (turns = 0; !atomic_load_explicit(&flag, memory_order_relaxed); turns++)
			;
		printf("%lu turns\n", turns);
		CHECK(!pthread_join(holder, NULL) && !pthread_join(taker, NULL));
	}
	puts("ok");
	return 0;
}
