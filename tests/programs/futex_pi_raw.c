/* FUTEX_LOCK_PI, TRYLOCK_PI and UNLOCK_PI: the kernel writes owner and waiters into the word. */
#include "check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

static unsigned word;
static int tid;

static void *lock(void *arg)
{
	__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
	CHECK(syscall(SYS_futex, &word, FUTEX_TRYLOCK_PI, 0, NULL) == -1 && errno == EAGAIN);
	CHECK(!syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL));
	CHECK((__atomic_load_n(&word, __ATOMIC_RELAXED) & FUTEX_TID_MASK) == (unsigned)gettid());
	CHECK(!syscall(SYS_futex, &word, FUTEX_UNLOCK_PI));
	return arg;
}

int main(void)
{
	pthread_t thread;

	CHECK(!syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL));
	CHECK(word == (unsigned)gettid());
	CHECK(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL) == -1 && errno == EDEADLK);
	CHECK(!pthread_create(&thread, NULL, lock, NULL));
	while (!(__atomic_load_n(&word, __ATOMIC_RELAXED) & FUTEX_WAITERS))
		sched_yield();
	printf("word %#x with %d waiting\n", word, tid);
	CHECK(!syscall(SYS_futex, &word, FUTEX_UNLOCK_PI));
	CHECK(!pthread_join(thread, NULL));
	CHECK(word == 0);
	CHECK(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI) == -1 && errno == EPERM);
	puts("ok");
	return 0;
}
