/* A read-write lock: many readers see both halves equal, writers alone change them. */
#include "check.h"

#include <pthread.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int left, right, most_readers, readers;

static void *writer(void *arg)
{
	int i;

	for (i = 0; i < 50; i++) {
		CHECK(!pthread_rwlock_wrlock(&lock));
		CHECK(__atomic_load_n(&readers, __ATOMIC_RELAXED) == 0);
		left++;
		sched_yield();
		right++;
		CHECK(!pthread_rwlock_unlock(&lock));
	}
	return arg;
}

static void *reader(void *arg)
{
	int i, now;

	for (i = 0; i < 100; i++) {
		CHECK(!pthread_rwlock_rdlock(&lock));
		now = __atomic_add_fetch(&readers, 1, __ATOMIC_RELAXED);
		if (now > __atomic_load_n(&most_readers, __ATOMIC_RELAXED))
			__atomic_store_n(&most_readers, now, __ATOMIC_RELAXED);
		CHECK(left == right);
		sched_yield();
		__atomic_fetch_sub(&readers, 1, __ATOMIC_RELAXED);
		CHECK(!pthread_rwlock_unlock(&lock));
	}
	return arg;
}

int main(void)
{
	pthread_t threads[5];
	int i;

	for (i = 0; i < 5; i++)
		CHECK(!pthread_create(&threads[i], NULL, i < 2 ? writer : reader, NULL));
	for (i = 0; i < 5; i++)
		CHECK(!pthread_join(threads[i], NULL));
	printf("%d %d, most readers %d\n", left, right, most_readers);
	CHECK(left == 100 && right == 100);
	puts("ok");
	return 0;
}
