/* Calls that the C library has under another name: masks, identities, limits, a queue's attributes.
 */
#include "show_call.h"

#include <mqueue.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

int main(void)
{
	unsigned long usr1 = 1ul << (SIGUSR1 - 1), mask = 0, pending = 0;
	struct timespec soon = {0, 1000};
	struct mq_attr attr = {0};
	unsigned ids[3] = {77, 77, 77};
	struct rlimit limit = {0, 0};
	siginfo_t info;
	long r;

	CHECK(!syscall(SYS_rt_sigprocmask, SIG_BLOCK, &usr1, NULL, 8ul));
	CHECK(!syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8ul) && mask & usr1);
	CHECK(!kill(getpid(), SIGUSR1));
	CHECK(!syscall(SYS_rt_sigpending, &pending, 8ul) && pending == usr1);
	CHECK(syscall(SYS_rt_sigtimedwait, &usr1, &info, &soon, 8ul) == SIGUSR1 &&
	      info.si_pid == getpid());
	CHECK(syscall(SYS_rt_sigtimedwait, &usr1, &info, &soon, 8ul) == -1 && errno == EAGAIN);
	CHECK(!syscall(SYS_pselect6, 0, NULL, NULL, NULL, &soon, NULL));
	CHECK(!syscall(SYS_getresgid, &ids[0], &ids[1], &ids[2]));
	show_call("getresgid", 0, ids, sizeof(ids));
	CHECK(!syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit));
	show_call("prlimit64", 0, &limit, sizeof(limit));
	int mq = (int)mq_open("/rr-raw-queries", O_RDWR | O_CREAT, 0600, NULL);
	show_call("mq_open", mq < 0 ? -1 : 0, NULL, 0);
	r = syscall(SYS_mq_getsetattr, mq, NULL, &attr);
	show_call("mq_getsetattr", r, &attr, sizeof(attr));
	mq_unlink("/rr-raw-queries");
	puts("ok");
	return 0;
}
