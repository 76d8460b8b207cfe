/* exit with other threads blocked in read, futex and pause: all of them end, the status is the
 * caller's. */
#include "check.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int fds[2], tids[3];

static void *block(void *arg)
{
	char byte;

	__atomic_store_n(&tids[(long)arg], gettid(), __ATOMIC_RELEASE);
	if ((long)arg == 0)
		CHECK(read(fds[0], &byte, 1) == 1);
	else if ((long)arg == 1)
		pthread_mutex_lock(&mutex);
	else
		pause();
	CHECK(!"came back");
	return NULL;
}

int main(void)
{
	pthread_t thread;
	pid_t child;
	long i;

	child = fork();
	CHECK(child >= 0);
	if (child) {
		CHECK(WEXITSTATUS(status_of(child)) == 14);
		puts("ok");
		return 0;
	}
	CHECK(!pipe(fds) && !pthread_mutex_lock(&mutex));
	for (i = 0; i < 3; i++) {
		CHECK(!pthread_create(&thread, NULL, block, (void *)i));
		while (!__atomic_load_n(&tids[i], __ATOMIC_ACQUIRE))
			sched_yield();
		await_sleep(tids[i]);
		printf("thread %d sleeps\n", tids[i]);
	}
	exit(14);
}
