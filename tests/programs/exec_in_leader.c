/* exec from the leader while other threads block and yield. */
#include "check.h"

#include <pthread.h>

static void *yield(void *arg)
{
	(void)arg;
	for (;;)
		sched_yield();
	return NULL;
}

static void *block(void *arg)
{
	(void)arg;
	pause();
	return NULL;
}

int main(int argc, char **argv)
{
	char *args[] = {argv[0], "again", NULL};
	pthread_t thread;

	if (argc > 1) {
		printf("again %d\n", (int)getpid());
		puts("ok");
		return 0;
	}
	CHECK(!pthread_create(&thread, NULL, yield, NULL));
	CHECK(!pthread_create(&thread, NULL, block, NULL));
	sched_yield();
	execv("/proc/self/exe", args);
	return 1;
}
