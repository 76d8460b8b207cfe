/* setuid of a threaded program changes all its threads (the C library signals them). */
#include "check.h"

#include <pthread.h>

static int fds[2], tid;

static void *wait_and_look(void *arg)
{
	char byte;

	__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
	CHECK(read(fds[0], &byte, 1) == 1);
	printf("thread sees user %d\n", (int)getuid());
	CHECK(getuid() == 65534);
	return arg;
}

int main(void)
{
	pthread_t thread;

	if (getuid())
		SKIP("not root");
	CHECK(!pipe(fds));
	CHECK(!pthread_create(&thread, NULL, wait_and_look, NULL));
	while (!__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
		sched_yield();
	await_sleep(tid);
	CHECK(!setuid(65534));
	CHECK(write(fds[1], "x", 1) == 1);
	CHECK(!pthread_join(thread, NULL));
	puts("ok");
	return 0;
}
