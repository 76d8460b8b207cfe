/* Timers of used processor time (ITIMER_VIRTUAL, ITIMER_PROF) expire while the program works and
 * calls. */
#include "check.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t virtual_expirations, profile_expirations;

static void ring(int sig)
{
	if (sig == SIGVTALRM)
		virtual_expirations++;
	else
		profile_expirations++;
}

int main(void)
{
	struct itimerval soon = {.it_value = {.tv_usec = 20000}};
	volatile long work;
	long calls = 0;

	CHECK(signal(SIGVTALRM, ring) != SIG_ERR && signal(SIGPROF, ring) != SIG_ERR);
	CHECK(!setitimer(ITIMER_VIRTUAL, &soon, NULL) && !setitimer(ITIMER_PROF, &soon, NULL));
	while (!virtual_expirations || !profile_expirations) {
		for (work = 0; work < 500000; work++)
			;
		CHECK(getppid() > 0);
		calls++;
	}
	printf("%ld calls\n", calls);
	puts("ok");
	return 0;
}
