/* A threaded program forks while its other threads compute; the children compute on from there. */
#include "preempt.h"

enum { CHILDREN = 3 };

static atomic_int stop, started;
static volatile unsigned long turns[2];

static void *compute(void *arg)
{
	atomic_fetch_add(&started, 1);
	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		turns[(long)arg]++;
	return NULL;
}

static uint64_t work(uint64_t x)
{
	int i;

	for (i = 0; i < 200000; i++)
		x = mix(x, (uint64_t)i);
	return x;
}

int main(void)
{
	int i, pipes[2];
	pthread_t threads[2];
	uint64_t x = 0, theirs;
	pid_t child;

	CHECK(!pipe(pipes));
	for (i = 0; i < 2; i++)
		CHECK(!pthread_create(&threads[i], NULL, compute, (void *)(long)i));
	while (started < 2)
		;
	alarms_start();
	for (i = 0; i < CHILDREN; i++) {
		child = fork();
		CHECK(child >= 0);
		x = work(x);
		if (!child) {
			x += turns[0];
			CHECK(write(pipes[1], &x, sizeof(x)) == (ssize_t)sizeof(x));
			_exit(i);
		}
		CHECK(read(pipes[0], &theirs, sizeof(theirs)) == (ssize_t)sizeof(theirs));
		printf("child saw %lu turns\n", (unsigned long)(theirs - x));
		CHECK(WEXITSTATUS(status_of(child)) == i);
	}
	alarms_stop();
	atomic_store(&stop, 1);
	for (i = 0; i < 2; i++)
		CHECK(!pthread_join(threads[i], NULL));
	printf("%lu %lu turns\n", turns[0], turns[1]);
	puts("ok");
	return 0;
}
