/* A fatal signal in one thread of several, some blocked, some making calls: the process ends by it.
 */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

static int started;

static void *run(void *arg)
{
	long how = (long)arg;

	__atomic_fetch_add(&started, 1, __ATOMIC_RELEASE);
	if (how == 0)
		for (;;)
			pause();
	if (how == 1)
		for (;;)
			sched_yield();
	while (__atomic_load_n(&started, __ATOMIC_ACQUIRE) < 3)
		sched_yield();
	if (how == 2)
		*(volatile int *)16 = 1;
	else
		raise(SIGTERM);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	int status, last;
	pid_t child;
	long i;

	for (last = 2; last < 4; last++) {
		child = fork();
		CHECK(child >= 0);
		if (!child) {
			CHECK(!prctl(PR_SET_DUMPABLE, 0));
			for (i = 0; i < 3; i++)
				CHECK(!pthread_create(&threads[i], NULL, run,
						      (void *)(i < 2 ? i : last)));
			pthread_join(threads[0], NULL);
		}
		status = status_of(child);
		printf("child %d ended by %d\n", (int)child, WTERMSIG(status));
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == (last == 2 ? SIGSEGV : SIGTERM));
	}
	puts("ok");
	return 0;
}
