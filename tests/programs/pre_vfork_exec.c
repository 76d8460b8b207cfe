/* vfork, a computation in the child, and exec, while a timer interrupts and another thread
 * computes. */
#include "preempt.h"

enum { TIMES = 4 };

static atomic_int stop;
static volatile unsigned long turns, shared;

static void *compute(void *arg)
{
	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		turns++;
	return arg;
}

int main(int argc, char **argv)
{
	volatile unsigned long work, n;
	pthread_t thread;
	pid_t child;
	int i;

	if (argc > 1) {
		for (work = 0; work < 100000; work++)
			;
		return argv[1][0] - 'a';
	}
	CHECK(!pthread_create(&thread, NULL, compute, NULL));
	alarms_start();
	for (i = 0; i < TIMES; i++) {
		char letter[2] = {(char)('a' + i), 0};
		char *const again[] = {argv[0], letter, NULL};

		child = vfork();
		if (!child) {
			for (n = 0; n < 300000; n++)
				shared++;
			execv("/proc/self/exe", again);
			_exit(99);
		}
		CHECK(child > 0 && shared == 300000ul * (i + 1u));
		CHECK(WEXITSTATUS(status_of(child)) == i);
	}
	alarms_stop();
	atomic_store(&stop, 1);
	CHECK(!pthread_join(thread, NULL));
	printf("%lu turns\n", turns);
	puts("ok");
	return 0;
}
