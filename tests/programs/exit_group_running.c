/* _exit while other threads make calls without end. */
#include "check.h"

#include <pthread.h>

static int started;

static void *run(void *arg)
{
	__atomic_fetch_add(&started, 1, __ATOMIC_RELAXED);
	for (;;)
		sched_yield();
	return arg;
}

int main(void)
{
	pthread_t thread;
	pid_t child;
	int i;

	child = fork();
	CHECK(child >= 0);
	if (child) {
		CHECK(WEXITSTATUS(status_of(child)) == 15);
		puts("ok");
		return 0;
	}
	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&thread, NULL, run, NULL));
	while (__atomic_load_n(&started, __ATOMIC_RELAXED) < 4)
		sched_yield();
	printf("%d threads run\n", started);
	_exit(15);
}
