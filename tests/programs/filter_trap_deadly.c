/* SECCOMP_RET_TRAP kills where SIGSYS is not handled, is ignored, or is blocked. */
#include "filter.h"

#include <signal.h>
#include <sys/resource.h>

static void on_sigsys(int sig)
{
	(void)sig;
	_exit(9);
}

int main(void)
{
	const struct rlimit none = {0, 0};
	sigset_t set;
	size_t i;
	int how;

	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	CHECK(!setrlimit(RLIMIT_CORE, &none));
	for (how = 0; how < 3; how++)
		for (i = 0; i < NCLASSES; i++) {
			pid_t pid = fork();
			if (!pid) {
				signal(SIGSYS, how == 0 ? SIG_DFL : how == 1 ? SIG_IGN : on_sigsys);
				if (how == 2)
					sigprocmask(SIG_BLOCK, &set, NULL);
				CHECK(!filter_install(0, classes[i].nr, SECCOMP_RET_TRAP, 1));
				class_call(&classes[i]);
				_exit(8);
			}
			CHECK(status_of(pid) == SIGSYS);
		}
	puts("ok");
	return 0;
}
