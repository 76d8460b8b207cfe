/* Handlers are the process's: set by one thread, run in another. */
#include "check.h"

#include <pthread.h>
#include <signal.h>

static volatile pid_t handled_by;

static void note(int sig)
{
	(void)sig;
	handled_by = gettid();
}

static void *set_handler(void *arg)
{
	CHECK(signal(SIGUSR1, note) != SIG_ERR);
	return arg;
}

int main(void)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, set_handler, NULL) && !pthread_join(thread, NULL));
	raise(SIGUSR1);
	printf("handled by %d\n", (int)handled_by);
	CHECK(handled_by == gettid());
	puts("ok");
	return 0;
}
