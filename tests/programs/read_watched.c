/* A thread watches the buffer into which another thread's blocked read will write. */
#include "check.h"

#include <pthread.h>
#include <sched.h>

static int pipes[2][2];
static volatile char buffer[2][64];

static void *reader(void *arg)
{
	int i = arg != NULL;

	CHECK(read(pipes[i][0], (char *)buffer[i], 64) == 6);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];
	long looks = 0;

	for (int i = 0; i < 2; i++) {
		CHECK(pipe(pipes[i]) == 0);
		CHECK(pthread_create(&threads[i], NULL, reader, i ? "" : NULL) == 0);
	}
	pid_t child = fork();
	if (!child) {
		for (int i = 0; i < 2; i++) {
			for (int k = 0; k < 50; k++)
				sched_yield();
			CHECK(write(pipes[i][1], "seen\n", 6) == 6);
		}
		_exit(0);
	}
	for (int i = 0; i < 2; i++)
		for (; !buffer[i][4]; looks++)
			if (looks % 16 == 0)
				sched_yield();
	CHECK(status_of(child) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	printf("%ld looks, %s", looks, (char *)buffer[1]);
	puts("ok");
	return 0;
}
