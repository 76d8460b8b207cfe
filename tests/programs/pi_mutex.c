/* A priority-inheritance mutex among threads, held over a wait so that the kernel is involved. */
#include "check.h"

#include <pthread.h>

static pthread_mutex_t mutex;
static int count, tids[3];

static void *run(void *arg)
{
	__atomic_store_n(&tids[(long)arg], gettid(), __ATOMIC_RELEASE);
	CHECK(!pthread_mutex_lock(&mutex));
	count++;
	printf("thread %d owns it\n", (int)(long)arg);
	CHECK(!pthread_mutex_unlock(&mutex));
	return NULL;
}

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_t threads[3];
	long i;

	CHECK(!pthread_mutexattr_init(&attr) &&
	      !pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT));
	CHECK(!pthread_mutex_init(&mutex, &attr) && !pthread_mutex_lock(&mutex));
	for (i = 0; i < 3; i++) {
		CHECK(!pthread_create(&threads[i], NULL, run, (void *)i));
		while (!__atomic_load_n(&tids[i], __ATOMIC_ACQUIRE))
			sched_yield();
		await_sleep(tids[i]);
	}
	CHECK(count == 0 && !pthread_mutex_unlock(&mutex));
	for (i = 0; i < 3; i++)
		CHECK(!pthread_join(threads[i], NULL));
	CHECK(count == 3);
	puts("ok");
	return 0;
}
