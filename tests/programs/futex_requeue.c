/* FUTEX_CMP_REQUEUE and FUTEX_REQUEUE: one waiter is woken, the others wait on the second word. */
#include "check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

static int first = 7, second, tids[3];

static void *wait_once(void *arg)
{
	__atomic_store_n(&tids[(long)arg], gettid(), __ATOMIC_RELEASE);
	CHECK(!syscall(SYS_futex, &first, FUTEX_WAIT, 7, NULL));
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	long i;

	for (i = 0; i < 3; i++) {
		CHECK(!pthread_create(&threads[i], NULL, wait_once, (void *)i));
		while (!__atomic_load_n(&tids[i], __ATOMIC_ACQUIRE))
			sched_yield();
		await_sleep(tids[i]);
	}
	CHECK(syscall(SYS_futex, &first, FUTEX_CMP_REQUEUE, 1, 1L, &second, 8) == -1 &&
	      errno == EAGAIN);
	/* The result counts both the woken and the requeued waiter. */
	CHECK(syscall(SYS_futex, &first, FUTEX_CMP_REQUEUE, 1, 1L, &second, 7) == 2);
	CHECK(syscall(SYS_futex, &first, FUTEX_REQUEUE, 0, 5L, &second) == 1);
	CHECK(syscall(SYS_futex, &first, FUTEX_WAKE, 9) == 0);
	CHECK(syscall(SYS_futex, &second, FUTEX_WAKE, 9) == 2);
	for (i = 0; i < 3; i++)
		CHECK(!pthread_join(threads[i], NULL));
	printf("%d %d %d\n", tids[0], tids[1], tids[2]);
	puts("ok");
	return 0;
}
