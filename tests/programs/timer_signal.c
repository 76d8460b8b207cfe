/* timer_create with SIGEV_SIGNAL: value and code in siginfo, gettime, overrun, delete. */
#include "check.h"

#include <signal.h>
#include <time.h>

int main(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	struct itimerspec every = {.it_value = {.tv_nsec = 2000000},
				   .it_interval = {.tv_nsec = 2000000}},
			  now;
	siginfo_t info;
	sigset_t set;
	timer_t timer;
	int i;

	event.sigev_value.sival_int = 909;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timer));
	CHECK(!timer_gettime(timer, &now) && !now.it_value.tv_sec && !now.it_value.tv_nsec);
	CHECK(!timer_settime(timer, 0, &every, NULL));
	for (i = 0; i < 5; i++) {
		CHECK(sigwaitinfo(&set, &info) == SIGRTMIN);
		CHECK(info.si_code == SI_TIMER && info.si_value.sival_int == 909);
		printf("ring %d overrun %d %d\n", i, info.si_overrun, timer_getoverrun(timer));
	}
	CHECK(!timer_gettime(timer, &now) && now.it_interval.tv_nsec == 2000000);
	CHECK(!timer_delete(timer));
	CHECK(timer_create(77, &event, &timer) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
