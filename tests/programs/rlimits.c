/* getrlimit, setrlimit and prlimit, of the process itself and of a child; a limit takes effect. */
#include "check.h"

#include <signal.h>
#include <sys/resource.h>

int main(void)
{
	struct rlimit limit, set;
	pid_t child;
	int i;

	for (i = 0; i < RLIM_NLIMITS; i++) {
		CHECK(!getrlimit(i, &limit));
		printf("%d: %lu %lu\n", i, (unsigned long)limit.rlim_cur,
		       (unsigned long)limit.rlim_max);
	}
	CHECK(getrlimit(RLIM_NLIMITS, &limit) == -1 && errno == EINVAL);
	CHECK(!getrlimit(RLIMIT_NOFILE, &limit));
	set = limit;
	set.rlim_cur = 10;
	CHECK(!setrlimit(RLIMIT_NOFILE, &set));
	CHECK(fcntl(0, F_DUPFD, 10) == -1 && errno == EINVAL);
	while ((i = dup(0)) >= 0)
		CHECK(i < 10);
	CHECK(errno == EMFILE);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		for (;;)
			pause();
	}
	CHECK(!prlimit(child, RLIMIT_NOFILE, &limit, &set) && set.rlim_cur == 10);
	CHECK(!prlimit(child, RLIMIT_NOFILE, NULL, &set) && set.rlim_cur == limit.rlim_cur);
	CHECK(!kill(child, SIGKILL) && WTERMSIG(status_of(child)) == SIGKILL);
	CHECK(prlimit(child, RLIMIT_NOFILE, NULL, &set) == -1 && errno == ESRCH);
	puts("ok");
	return 0;
}
