/* A process stops the threads of its parent, reads them and resumes them, as leak detectors and
 * crash reporters do. */
#include "check.h"

#include <elf.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

static volatile pid_t tids[3];
static volatile unsigned long counter;
static volatile int done;
static int pipes[2];

static void *spins(void *arg)
{
	(void)arg;
	tids[1] = (pid_t)syscall(SYS_gettid);
	while (!done)
		counter++;
	return NULL;
}

static void *waits(void *arg)
{
	char c;

	(void)arg;
	tids[2] = (pid_t)syscall(SYS_gettid);
	CHECK(read(pipes[0], &c, 1) == 1);
	return NULL;
}

static void is_stopped(pid_t tid, int status)
{
	int s = 0;

	CHECK(waitpid(tid, &s, __WALL) == tid);
	CHECK(s == status);
}

static unsigned long peek(pid_t tid, volatile void *at)
{
	errno = 0;
	long word = ptrace(PTRACE_PEEKDATA, tid, at, NULL);
	CHECK(!errno);
	return (unsigned long)word;
}

static void look(void)
{
	struct user_regs_struct regs, again;
	struct iovec v = {&again, sizeof(again)};
	siginfo_t info;

	for (int i = 0; i < 3; i++) {
		CHECK(!ptrace(PTRACE_ATTACH, tids[i], NULL, NULL));
		is_stopped(tids[i], SIGSTOP << 8 | 0x7f);
		CHECK(ptrace(PTRACE_ATTACH, tids[i], NULL, NULL) == -1 && errno == EPERM);
	}
	unsigned long count = peek(tids[1], &counter);
	for (int i = 0; i < 3; i++) {
		CHECK(!ptrace(PTRACE_GETREGS, tids[i], NULL, &regs));
		CHECK(!ptrace(PTRACE_GETREGSET, tids[i], (void *)NT_PRSTATUS, &v) &&
		      v.iov_len == sizeof(again));
		CHECK(!memcmp(&regs, &again, sizeof(regs)));
		CHECK(ptrace(PTRACE_PEEKUSER, tids[i], offsetof(struct user, regs.rip), NULL) ==
		      (long)regs.rip);
		CHECK(!ptrace(PTRACE_GETSIGINFO, tids[i], NULL, &info) && info.si_signo == SIGSTOP);
		printf("%d: rip %llx rsp %llx fs %llx\n", i, regs.rip, regs.rsp, regs.fs_base);
	}
	CHECK(ptrace(PTRACE_PEEKDATA, tids[0], (void *)8, NULL) == -1 && errno == EIO);
	for (int i = 0; i < 100; i++)
		sched_yield();
	CHECK(peek(tids[1], &counter) == count); /* it stays stopped */
	for (int i = 0; i < 3; i++)
		CHECK(!ptrace(PTRACE_DETACH, tids[i], NULL, NULL));
	CHECK(ptrace(PTRACE_GETREGS, tids[0], NULL, &regs) == -1 && errno == ESRCH);
	CHECK(ptrace(PTRACE_ATTACH, getppid() + 100000, NULL, NULL) == -1 && errno == ESRCH);
	/* without a signal */
	CHECK(!ptrace(PTRACE_SEIZE, tids[1], NULL, NULL));
	CHECK(!ptrace(PTRACE_INTERRUPT, tids[1], NULL, NULL));
	is_stopped(tids[1], (SIGTRAP << 8 | 0x7f) | PTRACE_EVENT_STOP << 16);
	count = peek(tids[1], &counter);
	CHECK(!ptrace(PTRACE_CONT, tids[1], NULL, NULL));
	puts("seen");
	fflush(stdout);
	_exit(0); /* its tracees run on */
}

int main(void)
{
	pthread_t threads[2];
	int status;

	CHECK(!pipe(pipes));
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	tids[0] = getpid();
	CHECK(!pthread_create(&threads[0], NULL, spins, NULL) &&
	      !pthread_create(&threads[1], NULL, waits, NULL));
	while (!tids[1] || !tids[2] || !counter)
		sched_yield();
	pid_t child = fork();
	if (child == 0)
		look();
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	unsigned long count = counter;
	while (counter == count)
		sched_yield();
	done = 1;
	CHECK(write(pipes[1], "x", 1) == 1);
	CHECK(!pthread_join(threads[0], NULL) && !pthread_join(threads[1], NULL));
	puts("ok");
	return 0;
}
