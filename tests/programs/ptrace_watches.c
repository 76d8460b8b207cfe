/* A tracer sets watchpoints and hardware breakpoints in its child by debug registers. */
#include "traced.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/user.h>

#define DR(i) offsetof(struct user, u_debugreg[i])
enum { EXEC = 0, WRITE = 1, ACCESS = 3 };

static volatile long watched[2] __attribute__((aligned(16)));
static volatile int words[4] __attribute__((aligned(16)));
static char looked_at[64];

/* Its first instruction begins a loop, and is counted. */
long counts_down(long n);
__asm__(".globl counts_down\n.type counts_down, @function\n"
	"counts_down:\n\tdec %rdi\n\tjnz counts_down\n\tmov $7, %eax\n\tret\n.size counts_down, . - counts_down\n");

static void *thread(void *arg)
{
	watched[0] = 1000; /* it is not watched here */
	return arg;
}

static void child(int in)
{
	pthread_t t;
	char c;

	CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	for (long i = 1; i <= 3; i++)
		watched[0] += i; /* written 3 times */
	CHECK(watched[0] == 6);
	raise(SIGUSR1);
	long sum = 0;
	for (int i = 0; i < 4; i++)
		sum += words[i]; /* words[2] and words[3], by one watchpoint each */
	CHECK(sum == 0);
	CHECK(counts_down(4) == 7); /* stopped before it 4 times */
	/* memory that the kernel writes triggers no watchpoint */
	CHECK(read(in, looked_at, 1) == 1);
	looked_at[1] = 2;
	CHECK(!pthread_create(&t, NULL, thread, NULL) && !pthread_join(t, NULL));
	raise(SIGUSR2);
	watched[1] = 5; /* not watched any more */
	CHECK(read(in, &c, 1) == 1);
	watched[1] = 6; /* the watchpoint was set while the child was in the kernel */
	_exit((int)watched[1]);
}

static long get(pid_t pid, size_t at)
{
	errno = 0;
	long v = ptrace(PTRACE_PEEKUSER, pid, at, NULL);
	CHECK(!errno);
	return v;
}

static void watch(pid_t pid, int i, const volatile void *at, int kind, int len)
{
	long control = get(pid, DR(7)) & ~(0xful << (16 + 4 * i));

	CHECK(!ptrace(PTRACE_POKEUSER, pid, DR(7), control & ~(3ul << 2 * i)));
	CHECK(!ptrace(PTRACE_POKEUSER, pid, DR(i), at));
	control |= (long)((uint64_t)(kind | (len == 8 ? 2 : len - 1) << 2) << (16 + 4 * i) |
			  1ul << 2 * i);
	CHECK(!ptrace(PTRACE_POKEUSER, pid, DR(7), control));
	CHECK(get(pid, DR(7)) == control && get(pid, DR(i)) == (long)at);
}

static void struck(pid_t pid, int i)
{
	siginfo_t si;

	go_on(pid, 0);
	stopped_by(pid, SIGTRAP);
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si) && si.si_code == TRAP_HWBKPT);
	CHECK(get(pid, DR(6)) == (long)(0xffff0ff0 | 1ul << i));
	CHECK(!ptrace(PTRACE_POKEUSER, pid, DR(6), 0L) && get(pid, DR(6)) == 0);
}

static unsigned long pc_of(pid_t pid)
{
	return (unsigned long)get(pid, offsetof(struct user, regs.rip));
}

/* Under some hypervisors they can be set, but never trigger. */
static bool debug_registers_work(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		watched[1] = 0;
		_exit(3);
	}
	stopped_by(pid, SIGSTOP);
	watch(pid, 0, &watched[1], WRITE, 8);
	go_on(pid, 0);
	if (WIFEXITED(status_of(pid)))
		return false;
	kill(pid, SIGKILL);
	status_of(pid);
	return true;
}

int main(void)
{
	int in[2], status;

	CHECK(!pipe(in));
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		child(in[0]);
	stopped_by(pid, SIGSTOP);
	CHECK(get(pid, DR(7)) == 0 && get(pid, DR(6)) == 0xffff0ff0);
	if (ptrace(PTRACE_POKEUSER, pid, DR(7), 1L) == -1 && errno == EINVAL) {
		kill(pid, SIGKILL);
		SKIP("debug registers");
	}
	if (!debug_registers_work()) {
		kill(pid, SIGKILL);
		SKIP("debug registers that have an effect");
	}
	watch(pid, 0, &watched[0], WRITE, 8);
	for (int i = 1; i <= 3; i++) {
		unsigned long before = pc_of(pid);
		struck(pid, 0);
		CHECK(ptrace(PTRACE_PEEKDATA, pid, &watched[0], NULL) == i * (i + 1) / 2 &&
		      pc_of(pid) != before);
	}
	go_on(pid, 0);
	stopped_by(pid, SIGUSR1);
	watch(pid, 1, &words[2], ACCESS, 4);
	watch(pid, 2, &words[3], ACCESS, 2);
	/* too long for its address; the others stay */
	long control = get(pid, DR(7));
	CHECK(!ptrace(PTRACE_POKEUSER, pid, DR(3), (char *)words + 1));
	CHECK(ptrace(PTRACE_POKEUSER, pid, DR(7), control | 3ul << 6 | 0xful << 28) == -1 &&
	      errno == EINVAL);
	CHECK(get(pid, DR(7)) == control);
	struck(pid, 1);
	struck(pid, 2);
	watch(pid, 3, (void *)counts_down, EXEC, 1);
	for (int i = 4; i > 0; i--) {
		struck(pid, 3);
		CHECK(pc_of(pid) == (unsigned long)counts_down &&
		      get(pid, offsetof(struct user, regs.rdi)) == i);
		/* a step from there passes it */
		CHECK(!ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
		stopped_by(pid, SIGTRAP);
		CHECK(pc_of(pid) == (unsigned long)counts_down + 3 &&
		      get(pid, DR(6)) == 0xffff4ff0);
	}
	watch(pid, 3, looked_at, WRITE, 2);
	CHECK(write(in[1], "x", 1) == 1);
	struck(pid, 3);
	CHECK((ptrace(PTRACE_PEEKDATA, pid, looked_at, NULL) & 0xffff) == ('x' | 2 << 8));
	go_on(pid, 0);
	stopped_by(pid, SIGUSR2);
	CHECK(!ptrace(PTRACE_POKEUSER, pid, DR(7), 0L));
	go_on(pid, 0);
	CHECK(!kill(pid, SIGSTOP)); /* it is blocked, or about to block */
	stopped_by(pid, SIGSTOP);
	watch(pid, 0, &watched[1], WRITE, 8);
	CHECK(write(in[1], "x", 1) == 1);
	if (ptrace(PTRACE_PEEKDATA, pid, &watched[1], NULL) != 5)
		struck(pid, 0);
	struck(pid, 0);
	CHECK(ptrace(PTRACE_PEEKDATA, pid, &watched[1], NULL) == 6);
	go_on(pid, 0);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 6);
	puts("ok");
	return 0;
}
