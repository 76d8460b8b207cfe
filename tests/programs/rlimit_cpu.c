/* RLIMIT_CPU of 1 second: SIGXCPU comes while the process makes calls. */
#include "check.h"
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

static volatile sig_atomic_t got;

static void note(int sig)
{
	got = sig;
}

int main(void)
{
	struct rlimit limit = {.rlim_cur = 1, .rlim_max = 30};
	struct timespec used;
	long calls = 0;

	CHECK(signal(SIGXCPU, note) != SIG_ERR && !setrlimit(RLIMIT_CPU, &limit));
	while (!got) {
		volatile long work;

		for (work = 0; work < 3000000; work++)
			;
		CHECK(getppid() > 0);
		calls++;
	}
	CHECK(!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used));
	printf("%ld calls, %ld.%09ld s\n", calls, (long)used.tv_sec, used.tv_nsec);
	CHECK(got == SIGXCPU);
	puts("ok");
	return 0;
}
