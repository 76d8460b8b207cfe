/* FUTEX_WAIT_BITSET and FUTEX_WAKE_BITSET: a wake reaches only waiters whose bits meet its own. */
#include "check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

static int word, tids[3], woken;

static void *wait_once(void *arg)
{
	__atomic_store_n(&tids[(long)arg], gettid(), __ATOMIC_RELEASE);
	CHECK(!syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 1 << (long)arg));
	__atomic_fetch_or(&woken, 1 << (long)arg, __ATOMIC_RELAXED);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	long i;

	CHECK(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0) == -1 &&
	      errno == EINVAL);
	for (i = 0; i < 3; i++) {
		CHECK(!pthread_create(&threads[i], NULL, wait_once, (void *)i));
		while (!__atomic_load_n(&tids[i], __ATOMIC_ACQUIRE))
			sched_yield();
		await_sleep(tids[i]);
	}
	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET, 9, NULL, NULL, 8) == 0);
	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET, 9, NULL, NULL, 2 | 8) == 1);
	CHECK(!pthread_join(threads[1], NULL));
	printf("woken %#x\n", __atomic_load_n(&woken, __ATOMIC_RELAXED));
	CHECK(__atomic_load_n(&woken, __ATOMIC_RELAXED) == 2);
	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET, 9, NULL, NULL, 5) == 2);
	CHECK(!pthread_join(threads[0], NULL) && !pthread_join(threads[2], NULL));
	CHECK(woken == 7);
	puts("ok");
	return 0;
}
