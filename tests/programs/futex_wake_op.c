/* FUTEX_WAKE_OP: changes the second word, and wakes its waiters if the old value compares so. */
#include "check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

static int first, second = 5, tids[2];

static void *wait_once(void *arg)
{
	int *word = arg, index = word == &second;

	__atomic_store_n(&tids[index], gettid(), __ATOMIC_RELEASE);
	CHECK(!syscall(SYS_futex, word, FUTEX_WAIT, index ? 5 : 0, NULL));
	return NULL;
}

int main(void)
{
	unsigned add_if_five = FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5);
	pthread_t threads[2];
	int i;

	for (i = 0; i < 2; i++) {
		CHECK(!pthread_create(&threads[i], NULL, wait_once, i ? &second : &first));
		while (!__atomic_load_n(&tids[i], __ATOMIC_ACQUIRE))
			sched_yield();
		await_sleep(tids[i]);
	}
	CHECK(syscall(SYS_futex, &first, FUTEX_WAKE_OP, 1, 1L, &second, add_if_five) == 2);
	CHECK(second == 8);
	CHECK(syscall(SYS_futex, &first, FUTEX_WAKE_OP, 1, 1L, &second, add_if_five) == 0);
	printf("second word %d\n", second);
	CHECK(second == 11);
	for (i = 0; i < 2; i++)
		CHECK(!pthread_join(threads[i], NULL));
	puts("ok");
	return 0;
}
