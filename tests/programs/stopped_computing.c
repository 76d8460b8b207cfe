/* Processes of two threads are stopped by a timer's SIGSTOP while both compute, and continued: what
 * is in shared memory meanwhile is seen, and does not change. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

static volatile uint64_t *seen;

static uint64_t fib(unsigned n)
{
	seen[1]++;
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void *thread(void *arg)
{
	while (!seen[2])
		fib(12);
	return arg;
}

static void child(long ns)
{
	struct sigevent se = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGSTOP};
	struct itimerspec it = {.it_value.tv_nsec = ns};
	pthread_t th;
	timer_t t;

	CHECK(!pthread_create(&th, NULL, thread, NULL));
	CHECK(!timer_create(CLOCK_MONOTONIC, &se, &t) && !timer_settime(t, 0, &it, NULL));
	while (!seen[2])
		seen[0]++;
	pthread_join(th, NULL);
	_exit(0);
}

int main(void)
{
	int status;

	seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(seen != MAP_FAILED);
	for (int i = 0; i < 8; i++) {
		seen[2] = 0;
		pid_t pid = fork();
		if (!pid)
			child(2000000 + i * 310000);
		CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
		uint64_t was[2] = {seen[0], seen[1]};
		printf("%d: %lu %lu\n", i, was[0], was[1]);
		sched_yield();
		CHECK(seen[0] == was[0] && seen[1] == was[1]);
		seen[2] = 1;
		CHECK(!kill(pid, SIGCONT));
		CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	}
	puts("ok");
	return 0;
}
