/* A child is stopped in a blocked call. The call continues, is interrupted, or is suspended while
 * the tracer has the child call a function. */
#include "traced.h"

#include <sys/syscall.h>
#include <sys/user.h>

static volatile int handled, called;

static void handler(int sig)
{
	(void)sig;
	handled++;
}

static __attribute__((noinline)) void function(int x)
{
	called += x;
	getppid();
}

static void child(int fd)
{
	struct sigaction sa = {.sa_handler = handler};
	char c;

	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	CHECK(read(fd, &c, 1) == -1 && errno == EINTR && handled == 1);
	CHECK(read(fd, &c, 1) == 1 && c == 'x' && handled == 1 && called == 7);
	_exit(3);
}

static struct user_regs_struct stopped_with(pid_t pid, int sig)
{
	struct user_regs_struct regs;

	stopped_by(pid, sig);
	CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	return regs;
}

static struct user_regs_struct interrupt(pid_t pid, int sig)
{
	await_sleep(pid);
	CHECK(!kill(pid, sig));
	struct user_regs_struct regs = stopped_with(pid, sig);
	CHECK((long)regs.rax == -512 && regs.orig_rax == SYS_read);
	return regs;
}

int main(void)
{
	int pipes[2];

	CHECK(!pipe(pipes));
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		child(pipes[0]);
	interrupt(pid, SIGUSR1);
	go_on(pid, 0);
	interrupt(pid, SIGUSR1);
	go_on(pid, SIGUSR1);
	struct user_regs_struct regs = interrupt(pid, SIGWINCH), call = regs;
	call.rip = (unsigned long)function;
	call.rdi = 7;
	call.orig_rax = -1UL;
	call.rsp = ((call.rsp - 256) & ~15UL) - 8;
	CHECK(!ptrace(PTRACE_POKEDATA, pid, (void *)call.rsp, 0L));
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &call));
	go_on(pid, 0);
	CHECK(stopped_with(pid, SIGSEGV).rip == 0);
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	go_on(pid, 0);
	await_sleep(pid);
	CHECK(write(pipes[1], "x", 1) == 1);
	int status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	puts("ok");
	return 0;
}
