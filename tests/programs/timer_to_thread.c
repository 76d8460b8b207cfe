/* A timer that signals one thread only (SIGEV_THREAD_ID). */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile pid_t rung_in;

static void ring(int sig)
{
	(void)sig;
	rung_in = gettid();
}

static void *run(void *arg)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
	struct itimerspec soon = {.it_value = {.tv_nsec = 3000000}};
	sigset_t set, none;
	timer_t timer;

	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!pthread_sigmask(SIG_BLOCK, &set, NULL));
	event.sigev_notify_thread_id = gettid();
	CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timer) &&
	      !timer_settime(timer, 0, &soon, NULL));
	while (!rung_in)
		sigsuspend(&none);
	printf("rung in %d\n", (int)rung_in);
	CHECK(rung_in == gettid() && !timer_delete(timer));
	return arg;
}

int main(void)
{
	pthread_t thread;

	CHECK(signal(SIGUSR1, ring) != SIG_ERR);
	CHECK(!pthread_create(&thread, NULL, run, NULL) && !pthread_join(thread, NULL));
	puts("ok");
	return 0;
}
