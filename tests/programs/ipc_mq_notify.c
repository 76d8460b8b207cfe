/* A message into an empty queue raises a signal with a value. */
#include "check.h"

#include <mqueue.h>
#include <signal.h>

int main(void)
{
	char name[64], buf[16];
	struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = sizeof(buf)};
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGRTMIN,
			      .sigev_value.sival_int = 4711};
	sigset_t set;
	siginfo_t info;

	snprintf(name, sizeof(name), "/rr-program-%d", getpid());
	mqd_t q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (q < 0)
		SKIP("no POSIX message queues");
	CHECK(mq_unlink(name) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0 && mq_notify(q, &ev) == 0);
	CHECK(mq_notify(q, &ev) == -1 && errno == EBUSY);
	pid_t child = fork();
	if (child == 0)
		_exit(mq_send(q, "ring", 5, 0));
	CHECK(sigwaitinfo(&set, &info) == SIGRTMIN && info.si_code == SI_MESGQ &&
	      info.si_value.sival_int == 4711);
	CHECK(info.si_pid == child && waitpid(child, NULL, 0) == child);
	CHECK(mq_receive(q, buf, sizeof(buf), NULL) == 5);
	printf("%s from %d\n", buf, info.si_pid);
	puts("ok");
	return 0;
}
