/* A process-directed signal goes to the one thread that does not block it; masks are each thread's
 * own. */
#include "check.h"

#include <pthread.h>
#include <signal.h>

static volatile pid_t handled_by;
static int fds[2], open_tid;

static void note(int sig)
{
	(void)sig;
	handled_by = gettid();
}

static void *run(void *arg)
{
	sigset_t set;
	char byte;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (arg) {
		CHECK(!pthread_sigmask(SIG_UNBLOCK, &set, NULL));
		__atomic_store_n(&open_tid, gettid(), __ATOMIC_RELEASE);
	}
	while (read(fds[0], &byte, 1) == -1)
		CHECK(errno == EINTR);
	CHECK(!pthread_sigmask(SIG_BLOCK, NULL, &set) && sigismember(&set, SIGUSR1) == !arg);
	return NULL;
}

int main(void)
{
	struct sigaction action = {.sa_handler = note};
	pthread_t threads[3];
	sigset_t set;
	long i;

	CHECK(!pipe(fds) && !sigaction(SIGUSR1, &action, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!pthread_sigmask(SIG_BLOCK, &set, NULL));
	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, i == 1 ? &open_tid : NULL));
	while (!__atomic_load_n(&open_tid, __ATOMIC_ACQUIRE))
		sched_yield();
	CHECK(!kill(getpid(), SIGUSR1));
	while (!handled_by)
		sched_yield();
	printf("handled by %d of %d\n", (int)handled_by, (int)getpid());
	CHECK(handled_by == open_tid && write(fds[1], "xxx", 3) == 3);
	for (i = 0; i < 3; i++)
		CHECK(!pthread_join(threads[i], NULL));
	puts("ok");
	return 0;
}
