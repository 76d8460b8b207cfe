/* sigqueue between processes: the value, the sender and the code arrive; rt_sigqueueinfo by hand.
 */
#include "check.h"

#include <signal.h>
#include <sys/syscall.h>

int main(void)
{
	siginfo_t info = {.si_code = -60};
	pid_t child, parent = getpid();
	sigset_t set;
	int i;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 3);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!sigqueue(parent, SIGUSR1, (union sigval){.sival_int = 1234}));
		CHECK(!sigqueue(parent, SIGRTMIN + 3,
				(union sigval){.sival_ptr = (void *)0x123456789abc}));
		info.si_value.sival_int = 5;
		info.si_pid = 77;
		CHECK(!syscall(SYS_rt_sigqueueinfo, parent, SIGRTMIN + 3, &info));
		info.si_code = SI_USER;
		CHECK(syscall(SYS_rt_sigqueueinfo, parent, SIGUSR1, &info) == -1 && errno == EPERM);
		_exit(0);
	}
	CHECK(status_of(child) == 0);
	for (i = 0; i < 3; i++) {
		CHECK(sigwaitinfo(&set, &info) > 0);
		printf("%d code %d pid %d value %p\n", info.si_signo, info.si_code,
		       (int)info.si_pid, info.si_value.sival_ptr);
		if (i == 0)
			CHECK(info.si_code == SI_QUEUE && info.si_pid == child &&
			      info.si_value.sival_int == 1234);
		if (i == 1)
			CHECK(info.si_value.sival_ptr == (void *)0x123456789abc);
		if (i == 2)
			CHECK(info.si_code == -60 && info.si_pid == 77);
	}
	puts("ok");
	return 0;
}
