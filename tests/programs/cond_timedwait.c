/* pthread_cond_timedwait and pthread_mutex_timedlock: a time gone by is ETIMEDOUT, on both clocks.
 */
#include "check.h"

#include <pthread.h>
#include <time.h>

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void *try(void *arg)
{
	struct timespec when;

	CHECK(!clock_gettime(CLOCK_REALTIME, &when));
	when.tv_nsec = (when.tv_nsec + 2000000) % 1000000000;
	CHECK(pthread_mutex_timedlock(&held, &when) == ETIMEDOUT);
	CHECK(pthread_mutex_trylock(&held) == EBUSY);
	return arg;
}

int main(void)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
	struct timespec when, now;
	pthread_t thread;
	pthread_cond_t cond;
	pthread_condattr_t attr;
	int i;

	for (i = 0; i < 2; i++) {
		CHECK(!pthread_condattr_init(&attr) &&
		      !pthread_condattr_setclock(&attr, clocks[i]));
		CHECK(!pthread_cond_init(&cond, &attr) && !pthread_mutex_lock(&mutex));
		CHECK(!clock_gettime(clocks[i], &when));
		when.tv_nsec += when.tv_nsec < 997000000 ? 2000000 : 0;
		while (!pthread_cond_timedwait(&cond, &mutex, &when))
			;
		CHECK(!clock_gettime(clocks[i], &now) && !pthread_mutex_unlock(&mutex));
		printf("waited until %ld.%09ld\n", (long)now.tv_sec, now.tv_nsec);
		CHECK(now.tv_sec > when.tv_sec || now.tv_nsec >= when.tv_nsec);
	}
	CHECK(!pthread_mutex_lock(&held));
	CHECK(!pthread_create(&thread, NULL, try, NULL) && !pthread_join(thread, NULL));
	puts("ok");
	return 0;
}
