/* One thread takes all signals with sigwaitinfo, the others have them blocked. */
#include "check.h"

#include <pthread.h>
#include <signal.h>

static sigset_t set;

static void *take(void *arg)
{
	siginfo_t info;
	int i;

	for (i = 0; i < 10; i++) {
		CHECK(sigwaitinfo(&set, &info) == SIGRTMIN);
		CHECK(info.si_value.sival_int == i && info.si_pid == getpid());
		printf("took %d\n", info.si_value.sival_int);
	}
	return arg;
}

int main(void)
{
	pthread_t thread;
	int i;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	CHECK(!pthread_sigmask(SIG_BLOCK, &set, NULL));
	CHECK(!pthread_create(&thread, NULL, take, NULL));
	for (i = 0; i < 10; i++)
		CHECK(!sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i}));
	CHECK(!pthread_join(thread, NULL));
	puts("ok");
	return 0;
}
