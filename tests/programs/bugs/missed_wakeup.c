/* A missed wakeup: the flag is read before the mutex is taken, and may be set in between. If the
 * setting thread has ended, no thread can wake the waiter, so the program reports that instead of
 * hanging. */
#include "bugs.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static atomic_int ready;
static int waiting, woke_someone, done; /* under the mutex */

static void *consumer(void *arg)
{
	if (!atomic_load(&ready)) {
		journal("not ready", 0);
		CHECK(!pthread_mutex_lock(&mutex));
		waiting = 1;
		CHECK(!pthread_cond_wait(&condition, &mutex));
		CHECK(!pthread_mutex_unlock(&mutex));
	}
	CHECK(!pthread_mutex_lock(&mutex));
	done = 1;
	CHECK(!pthread_mutex_unlock(&mutex));
	return arg;
}

static void *producer(void *arg)
{
	if (!long_work(1))
		exit(2);
	atomic_store(&ready, 1);
	CHECK(!pthread_mutex_lock(&mutex));
	woke_someone = waiting;
	CHECK(!pthread_cond_signal(&condition));
	CHECK(!pthread_mutex_unlock(&mutex));
	return arg;
}

int main(void)
{
	pthread_t consuming, producing;
	int over = 0;

	CHECK(!pthread_create(&consuming, NULL, consumer, NULL));
	CHECK(!pthread_create(&producing, NULL, producer, NULL));
	CHECK(!pthread_join(producing, NULL));
	while (!over) {
		CHECK(!pthread_mutex_lock(&mutex));
		if (waiting && !woke_someone) {
			puts("missed wakeup");
			exit(1);
		}
		over = done;
		CHECK(!pthread_mutex_unlock(&mutex));
		sched_yield();
	}
	CHECK(!pthread_join(consuming, NULL));
	puts("ok");
	return 0;
}
