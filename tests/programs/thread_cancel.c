/* pthread_cancel of threads blocked in read, in a condition wait and in a loop of test points. */
#include "check.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int fds[2], cleaned, tids[3];

static void cleanup(void *arg)
{
	cleaned |= 1 << (long)arg;
	if ((long)arg == 1)
		pthread_mutex_unlock(&mutex);
}

static void *run(void *arg)
{
	char byte;

	pthread_cleanup_push(cleanup, arg);
	if ((long)arg == 1)
		pthread_mutex_lock(&mutex);
	__atomic_store_n(&tids[(long)arg], gettid(), __ATOMIC_RELEASE);
	if ((long)arg == 0)
		CHECK(read(fds[0], &byte, 1) == 1);
	if ((long)arg == 1)
		pthread_cond_wait(&cond, &mutex);
	for (;;) {
		pthread_testcancel();
		sched_yield();
	}
	pthread_cleanup_pop(0);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	void *result;
	long i;

	CHECK(!pipe(fds));
	for (i = 0; i < 3; i++) {
		CHECK(!pthread_create(&thread, NULL, run, (void *)i));
		while (!__atomic_load_n(&tids[i], __ATOMIC_ACQUIRE))
			sched_yield();
		if (i < 2)
			await_sleep(tids[i]);
		CHECK(!pthread_cancel(thread) && !pthread_join(thread, &result));
		CHECK(result == PTHREAD_CANCELED);
		printf("thread %d canceled\n", tids[i]);
	}
	CHECK(cleaned == 7 && !pthread_mutex_trylock(&mutex));
	puts("ok");
	return 0;
}
