/* futex_waitv: waits on three words at once and says which one was woken. */
#include "check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

static uint32_t words[3];
static int tid;

static void *wait_for_any(void *arg)
{
	struct futex_waitv waiters[3] = {0};
	int i;

	for (i = 0; i < 3; i++)
		waiters[i] = (struct futex_waitv){
			.uaddr = (uintptr_t)&words[i],
			.flags = FUTEX_32 | FUTEX_PRIVATE_FLAG,
		};
	__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
	*(long *)arg = syscall(SYS_futex_waitv, waiters, 3, 0, NULL, 0);
	return NULL;
}

int main(void)
{
	struct futex_waitv one = {.uaddr = (uintptr_t)&words[0], .val = 1, .flags = FUTEX_32};
	pthread_t thread;
	long which = -2;

	if (syscall(SYS_futex_waitv, &one, 1, 0, NULL, 0) == -1 && errno == ENOSYS)
		SKIP("no futex_waitv");
	CHECK(errno == EAGAIN);
	CHECK(!pthread_create(&thread, NULL, wait_for_any, &which));
	while (!__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
		sched_yield();
	await_sleep(tid);
	CHECK(syscall(SYS_futex, &words[2], FUTEX_WAKE_PRIVATE, 1) == 1);
	CHECK(!pthread_join(thread, NULL));
	printf("woken through %ld\n", which);
	CHECK(which == 2);
	CHECK(syscall(SYS_futex_waitv, NULL, 1, 0, NULL, 0) == -1);
	puts("ok");
	return 0;
}
