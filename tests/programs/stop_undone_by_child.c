/* The first process stops itself, and its child continues it. */
#include "check.h"

#include <signal.h>

int main(void)
{
	pid_t me = getpid(), child = fork();

	if (!child) {
		char path[64], state = 0;
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)me);
		while (state != 'T' && state != 't') {
			FILE *f = fopen(path, "r");
			CHECK(f && fscanf(f, "%*d %*s %c", &state) == 1);
			fclose(f);
			sched_yield();
		}
		CHECK(kill(me, SIGCONT) == 0);
		_exit(0);
	}
	CHECK(child > 0 && raise(SIGSTOP) == 0);
	puts("continued");
	CHECK(status_of(child) == 0);
	puts("ok");
	return 0;
}
