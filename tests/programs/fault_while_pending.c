/* A program faults again and again while a timer sends the same signal: its handler sees all
 * faults. */
#include "check.h"

#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#define FAULTS 1000

static volatile int faults;
static char *page;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig, (void)context;
	if (si->si_code == SI_TIMER)
		return;
	faults++;
	CHECK(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGSEGV};
	const struct itimerspec often = {{0, 100000}, {0, 100000}};
	timer_t timer;

	CHECK(!sigaction(SIGSEGV, &action, NULL));
	page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED && !timer_create(CLOCK_MONOTONIC, &event, &timer));
	CHECK(!timer_settime(timer, 0, &often, NULL));
	for (int i = 0; i < FAULTS; i++) {
		CHECK(!mprotect(page, 4096, PROT_NONE));
		page[0] = 1;
		for (volatile int spin = 0; spin < 300; spin++)
			;
	}
	CHECK(faults == FAULTS);
	puts("ok");
	return 0;
}
