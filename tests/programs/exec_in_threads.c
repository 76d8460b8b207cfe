/* Threads of several processes repeatedly execute other programs and take over the id of the
 * leader, which may be ending. */
#include "check.h"

#include <pthread.h>

static char *self, count[16];

static void *become(void *arg)
{
	char *argv[] = {self, count, NULL};

	execv("/proc/self/exe", argv);
	CHECK(!"exec");
	return arg;
}

static void *wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void again(int n)
{
	pthread_t t;

	snprintf(count, sizeof(count), "%d", n);
	CHECK(!pthread_create(&t, NULL, wait_for_ever, NULL));
	CHECK(!pthread_create(&t, NULL, become, NULL));
	if (n % 2) /* in a call, or about to make it */
		pause();
	for (;;)
		sched_yield();
}

int main(int argc, char **argv)
{
	pid_t pids[6];

	self = argv[0];
	if (argc > 1 && atoi(argv[1]) > 0)
		again(atoi(argv[1]) - 1);
	if (argc > 1)
		_exit(7);
	for (int i = 0; i < 6; i++) {
		pids[i] = fork();
		CHECK(pids[i] >= 0);
		if (!pids[i])
			again(12);
	}
	for (int i = 0; i < 6; i++)
		CHECK(status_of(pids[i]) == 7 << 8);
	puts("ok");
	return 0;
}
