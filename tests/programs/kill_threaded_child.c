/* SIGKILL of a child with threads: blocked in pause, in a futex, in a read, and yielding. */
#include "check.h"

#include <pthread.h>
#include <signal.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int fds[2], ready[2];

static void *run(void *arg)
{
	long how = (long)arg;
	char byte = 0;

	CHECK(write(ready[1], &byte, 1) == 1);
	if (how == 0)
		pause();
	if (how == 1)
		pthread_mutex_lock(&mutex);
	if (how == 2)
		CHECK(read(fds[0], &byte, 1) == 1);
	for (;;)
		sched_yield();
	return NULL;
}

int main(void)
{
	pthread_t thread;
	pid_t child;
	char bytes[4];
	long i;

	CHECK(!pipe(fds) && !pipe(ready) && !pthread_mutex_lock(&mutex));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		for (i = 0; i < 4; i++)
			CHECK(!pthread_create(&thread, NULL, run, (void *)i));
		pthread_join(thread, NULL);
	}
	for (i = 0; i < 4; i++)
		CHECK(read(ready[0], bytes, 1) == 1);
	CHECK(!kill(child, SIGKILL));
	CHECK(WTERMSIG(status_of(child)) == SIGKILL);
	printf("killed %d\n", (int)child);
	puts("ok");
	return 0;
}
