/* kill, raise and tgkill to oneself: the handler has run when the call returns; siginfo names the
 * sender. */
#include "check.h"

#include <signal.h>
#include <sys/syscall.h>

static volatile siginfo_t got;
static volatile int count;

static void note(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	got = *info;
	count++;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};

	CHECK(!sigaction(SIGUSR1, &action, NULL) && !sigaction(SIGRTMIN, &action, NULL));
	CHECK(!kill(getpid(), SIGUSR1) && count == 1);
	CHECK(got.si_code == SI_USER && got.si_pid == getpid() && got.si_uid == getuid());
	CHECK(!raise(SIGUSR1) && count == 2 && got.si_code == SI_TKILL);
	CHECK(!syscall(SYS_tgkill, getpid(), gettid(), SIGRTMIN) && count == 3 &&
	      got.si_signo == SIGRTMIN);
	CHECK(!syscall(SYS_tkill, gettid(), SIGUSR1) && count == 4);
	CHECK(kill(getpid(), 65) == -1 && errno == EINVAL);
	CHECK(kill(1 << 30, SIGUSR1) == -1 && errno == ESRCH);
	CHECK(syscall(SYS_tgkill, 1 << 30, gettid(), SIGUSR1) == -1 && errno == ESRCH);
	CHECK(!kill(getpid(), 0) && count == 4);
	printf("from %d user %d\n", (int)got.si_pid, (int)got.si_uid);
	puts("ok");
	return 0;
}
