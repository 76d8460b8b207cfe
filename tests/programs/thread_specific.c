/* Thread-specific data and __thread variables: each thread its own, destructors at its end. */
#include "check.h"

#include <pthread.h>

static pthread_key_t key;
static __thread int local = 5;
static int destroyed;

static void destroy(void *value)
{
	__atomic_fetch_add(&destroyed, *(int *)value, __ATOMIC_RELAXED);
	free(value);
}

static void *run(void *arg)
{
	int *value = malloc(sizeof(*value));

	CHECK(value && local == 5 && !pthread_getspecific(key));
	local = *value = (int)(long)arg;
	CHECK(!pthread_setspecific(key, value));
	sched_yield();
	CHECK(local == (int)(long)arg && *(int *)pthread_getspecific(key) == local);
	printf("thread %d: &local %p\n", local, (void *)&local);
	return NULL;
}

int main(void)
{
	pthread_t threads[8];
	long i;

	CHECK(!pthread_key_create(&key, destroy));
	for (i = 0; i < 8; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, (void *)(i + 1)));
	for (i = 0; i < 8; i++)
		CHECK(!pthread_join(threads[i], NULL));
	CHECK(destroyed == 36 && local == 5);
	puts("ok");
	return 0;
}
