/* signalfd: signals are read as records, with poll before and EAGAIN after. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

int main(void)
{
	struct signalfd_siginfo info[4];
	struct pollfd poll_set;
	sigset_t set;
	pid_t child;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK((fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) >= 0);
	CHECK(read(fd, info, sizeof(info)) == -1 && errno == EAGAIN);
	CHECK(!raise(SIGUSR1) &&
	      !sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 55}));
	CHECK(read(fd, info, sizeof(info)) == 2 * sizeof(info[0]));
	CHECK(info[0].ssi_signo == SIGUSR1 && info[0].ssi_pid == (unsigned)getpid());
	CHECK(info[1].ssi_signo == (unsigned)SIGRTMIN + 1 && info[1].ssi_int == 55);
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(8);
	poll_set = (struct pollfd){.fd = fd, .events = POLLIN};
	CHECK(poll(&poll_set, 1, -1) == 1 && poll_set.revents == POLLIN);
	CHECK(read(fd, info, sizeof(info)) == sizeof(info[0]));
	CHECK(info[0].ssi_signo == SIGCHLD && info[0].ssi_pid == (unsigned)child &&
	      info[0].ssi_status == 8);
	CHECK(WEXITSTATUS(status_of(child)) == 8);
	printf("child %u uid %u\n", info[0].ssi_pid, info[0].ssi_uid);
	puts("ok");
	return 0;
}
