/* pthread_kill: the signal runs its handler in that thread, blocked in read, and nowhere else. */
#include "check.h"

#include <pthread.h>
#include <signal.h>

static __thread int mine;
static volatile pid_t handled_by;
static int fds[2], tids[3];

static void note(int sig)
{
	(void)sig;
	mine++;
	handled_by = gettid();
}

static void *run(void *arg)
{
	char byte;

	__atomic_store_n(&tids[(long)arg], gettid(), __ATOMIC_RELEASE);
	while (read(fds[0], &byte, 1) == -1)
		CHECK(errno == EINTR);
	return (void *)(long)mine;
}

int main(void)
{
	struct sigaction action = {.sa_handler = note};
	pthread_t threads[3];
	void *count;
	long i;

	CHECK(!pipe(fds) && !sigaction(SIGUSR1, &action, NULL));
	for (i = 0; i < 3; i++) {
		CHECK(!pthread_create(&threads[i], NULL, run, (void *)i));
		while (!__atomic_load_n(&tids[i], __ATOMIC_ACQUIRE))
			sched_yield();
		await_sleep(tids[i]);
	}
	CHECK(!pthread_kill(threads[1], SIGUSR1));
	while (!handled_by)
		sched_yield();
	printf("handled by %d\n", (int)handled_by);
	CHECK(handled_by == tids[1]);
	CHECK(write(fds[1], "xxx", 3) == 3);
	for (i = 0; i < 3; i++)
		CHECK(!pthread_join(threads[i], &count) && (long)count == (i == 1));
	puts("ok");
	return 0;
}
