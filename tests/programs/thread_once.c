/* pthread_once and a recursive and an error-checking mutex among threads. */
#include "check.h"

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t recursive, checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static int initialized;

static void init(void)
{
	pthread_mutexattr_t attr;

	CHECK(!pthread_mutexattr_init(&attr));
	CHECK(!pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE));
	CHECK(!pthread_mutex_init(&recursive, &attr));
	sched_yield();
	initialized++;
	printf("initialized by %d\n", (int)gettid());
}

static void *run(void *arg)
{
	CHECK(!pthread_once(&once, init) && initialized == 1);
	CHECK(!pthread_mutex_lock(&recursive) && !pthread_mutex_lock(&recursive));
	sched_yield();
	CHECK(!pthread_mutex_unlock(&recursive) && !pthread_mutex_unlock(&recursive));
	CHECK(pthread_mutex_unlock(&checking) == EPERM);
	return arg;
}

int main(void)
{
	pthread_t threads[6];
	int i;

	CHECK(!pthread_mutex_lock(&checking) && pthread_mutex_lock(&checking) == EDEADLK);
	for (i = 0; i < 6; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, NULL));
	for (i = 0; i < 6; i++)
		CHECK(!pthread_join(threads[i], NULL));
	CHECK(!pthread_mutex_unlock(&checking));
	puts("ok");
	return 0;
}
