/* alarm and pause, the rest of an alarm, a cancelled alarm; setitimer's remaining time. */
#include "check.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t expirations;

static void ring(int sig)
{
	(void)sig;
	expirations++;
}

int main(void)
{
	struct itimerval soon = {.it_value = {.tv_usec = 10000}},
			 later = {.it_value = {.tv_sec = 1000}}, old;
	sigset_t set, none;

	CHECK(signal(SIGALRM, ring) != SIG_ERR);
	CHECK(alarm(500) == 0 && alarm(0) >= 499 && expirations == 0);
	CHECK(!setitimer(ITIMER_REAL, &later, NULL) && !getitimer(ITIMER_REAL, &old));
	printf("left %ld.%06ld\n", (long)old.it_value.tv_sec, (long)old.it_value.tv_usec);
	CHECK(old.it_value.tv_sec >= 990 && old.it_value.tv_sec <= 1000);
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK(!setitimer(ITIMER_REAL, &soon, &old) && old.it_value.tv_sec > 900);
	CHECK(sigsuspend(&none) == -1 && errno == EINTR && expirations == 1);
	CHECK(!sigprocmask(SIG_UNBLOCK, &set, NULL));
	alarm(1);
	while (expirations == 1)
		pause();
	CHECK(expirations == 2);
	puts("ok");
	return 0;
}
