/* signalfd reads signals as records: the program's own, queued ones with values, and a child's
 * end. */
#include "check.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

int main(void)
{
	struct signalfd_siginfo info[4];
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	int fd = signalfd(-1, &set, SFD_NONBLOCK);
	CHECK(fd >= 0 && read(fd, info, sizeof(info)) == -1 && errno == EAGAIN);
	CHECK(kill(getpid(), SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0);
	for (int i = 1; i <= 2; i++)
		CHECK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i * 11}) == 0);
	CHECK(read(fd, info, sizeof(info)) == 3 * sizeof(*info));
	CHECK(info[0].ssi_signo == SIGUSR1 && info[0].ssi_pid == (unsigned)getpid() &&
	      info[0].ssi_code == SI_USER);
	CHECK(info[1].ssi_int == 11 && info[2].ssi_int == 22 && info[2].ssi_code == SI_QUEUE);
	sigaddset(&set, SIGCHLD);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	int blocking = signalfd(-1, &set, SFD_CLOEXEC);
	pid_t child = fork();
	if (child == 0)
		_exit(9);
	CHECK(read(blocking, info, sizeof(info)) == sizeof(*info) && info[0].ssi_signo == SIGCHLD);
	CHECK(info[0].ssi_status == 9 && info[0].ssi_pid == (unsigned)child &&
	      waitpid(child, NULL, 0) == child);
	printf("from %u uid %u\n", info[0].ssi_pid, info[0].ssi_uid);
	puts("ok");
	return 0;
}
