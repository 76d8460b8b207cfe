/* pthread_atfork: prepare, parent and child handlers run in order around a fork of a threaded
 * program. */
#include "check.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int prepared, in_parent, in_child;

static void prepare(void)
{
	CHECK(!pthread_mutex_lock(&mutex));
	prepared++;
}

static void parent(void)
{
	in_parent++;
	CHECK(!pthread_mutex_unlock(&mutex));
}

static void child(void)
{
	in_child++;
	CHECK(!pthread_mutex_unlock(&mutex));
}

static void *lock_often(void *arg)
{
	int i;

	for (i = 0; i < 300; i++) {
		CHECK(!pthread_mutex_lock(&mutex));
		sched_yield();
		CHECK(!pthread_mutex_unlock(&mutex));
	}
	return arg;
}

int main(void)
{
	pthread_t thread;
	pid_t pid;
	int i;

	CHECK(!pthread_atfork(prepare, parent, child));
	CHECK(!pthread_create(&thread, NULL, lock_often, NULL));
	for (i = 0; i < 5; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (!pid)
			_exit(!pthread_mutex_lock(&mutex) && in_child == 1 ? 0 : 1);
		CHECK(status_of(pid) == 0);
	}
	CHECK(!pthread_join(thread, NULL));
	printf("prepared %d parent %d child %d\n", prepared, in_parent, in_child);
	CHECK(prepared == 5 && in_parent == 5 && in_child == 0);
	puts("ok");
	return 0;
}
