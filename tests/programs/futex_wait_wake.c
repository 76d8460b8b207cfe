/* Raw futexes: a wait whose value has changed, a wake without waiters, and a number of waiters that
 * are woken. */
#include "check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

static int word, woken, tids[4];

static void *wait_once(void *arg)
{
	__atomic_store_n(&tids[(long)arg], gettid(), __ATOMIC_RELEASE);
	CHECK(!syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL));
	__atomic_fetch_add(&woken, 1, __ATOMIC_RELAXED);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];
	long i;

	CHECK(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, NULL) == -1 && errno == EAGAIN);
	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 10) == 0);
	CHECK(syscall(SYS_futex, (char *)&word + 1, FUTEX_WAIT_PRIVATE, 0, NULL) == -1 &&
	      errno == EINVAL);
	CHECK(syscall(SYS_futex, 16, FUTEX_WAIT_PRIVATE, 0, NULL) == -1 && errno == EFAULT);
	CHECK(syscall(SYS_futex, &word, 99, 0, NULL) == -1 && errno == ENOSYS);
	for (i = 0; i < 4; i++) {
		CHECK(!pthread_create(&threads[i], NULL, wait_once, (void *)i));
		while (!__atomic_load_n(&tids[i], __ATOMIC_ACQUIRE))
			sched_yield();
		await_sleep(tids[i]);
		printf("%d waits\n", tids[i]);
	}
	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1) == 1);
	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 2) == 2);
	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 9) == 1);
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(threads[i], NULL));
	CHECK(woken == 4);
	puts("ok");
	return 0;
}
