/* A periodic real timer interrupts blocked reads until ten signals are counted. */
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
	struct itimerval every = {.it_value = {.tv_usec = 3000}, .it_interval = {.tv_usec = 3000}},
			 off = {0};
	struct sigaction action = {.sa_handler = ring};
	int fds[2], interrupted = 0;
	char byte;

	CHECK(!pipe(fds) && !sigaction(SIGALRM, &action, NULL));
	CHECK(!setitimer(ITIMER_REAL, &every, NULL));
	while (expirations < 10) {
		CHECK(read(fds[0], &byte, 1) == -1 && errno == EINTR);
		interrupted++;
	}
	CHECK(!setitimer(ITIMER_REAL, &off, NULL));
	printf("%d expirations, %d interrupted reads\n", (int)expirations, interrupted);
	puts("ok");
	return 0;
}
