/* The kernel's wait statuses of a tracee in each kind of stop. */
#include "tracee/waitstatus.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define WHY ""
#include "check.h"

static struct wait_status reported;

static int next_status(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, __WALL);
	reported = wait_decode(status);
	return status;
}

/* A child that is traced like every task. Once it is resumed, it runs the code after the call. */
static pid_t tracee(void)
{
	int ready[2];
	char c;
	pid_t pid = pipe(ready) ? -1 : fork();

	if (!pid) {
		close(ready[1]);
		if (read(ready[0], &c, 1))
			_exit(1);
		close(ready[0]);
		return 0;
	}
	close(ready[0]);
	if (pid > 0)
		CHECK(!ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXIT));
	close(ready[1]);
	return pid;
}

static void resume(pid_t pid, int request, int signal)
{
	CHECK(!ptrace(request, pid, NULL, signal));
}

static void exit_is_an_event_then_a_code(void)
{
	pid_t pid = tracee();

	if (!pid)
		_exit(42);
	int status = next_status(pid);
	CHECK(reported.kind == WAIT_EVENT && reported.event == PTRACE_EVENT_EXIT);
	CHECK(wait_is_stop(status) && wait_event(status) == PTRACE_EVENT_EXIT);
	CHECK(!wait_signal(status) && !wait_is_call(status));
	resume(pid, PTRACE_CONT, 0);
	status = next_status(pid);
	CHECK(reported.kind == WAIT_EXITED && reported.code == 42);
	CHECK(!wait_is_stop(status) && !wait_event(status));
}

static void a_signal_stops_before_it_kills(void)
{
	pid_t pid = tracee();

	if (!pid) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		raise(SIGSEGV);
		_exit(0);
	}
	int status = next_status(pid);
	CHECK(reported.kind == WAIT_SIGNAL && reported.signal == SIGSEGV);
	CHECK(wait_signal(status) == SIGSEGV && status == wait_encode_stop(SIGSEGV));
	resume(pid, PTRACE_CONT, SIGSEGV);
	next_status(pid);
	CHECK(reported.kind == WAIT_EVENT);
	resume(pid, PTRACE_CONT, 0);
	status = next_status(pid);
	CHECK(reported.kind == WAIT_KILLED && reported.signal == SIGSEGV && !reported.dumped);
	CHECK(!wait_signal(status));
}

static void a_call_is_no_trap(void)
{
	pid_t pid = tracee();

	if (!pid) {
		raise(SIGUSR1);
		for (;;)
			getppid();
	}
	next_status(pid);
	resume(pid, PTRACE_SYSCALL, 0);
	int status = next_status(pid);
	CHECK(reported.kind == WAIT_CALL && reported.signal == (SIGTRAP | 0x80));
	CHECK(wait_is_call(status) && wait_is_stop(status));
	CHECK(!wait_signal(status) && !wait_event(status));
	kill(pid, SIGKILL);
	while (wait_is_stop(next_status(pid)))
		resume(pid, PTRACE_CONT, 0);
	CHECK(reported.kind == WAIT_KILLED && reported.signal == SIGKILL);
}

static void a_group_stop_is_no_interrupt(void)
{
	pid_t pid = tracee();

	if (!pid) {
		raise(SIGTSTP);
		for (;;)
			pause();
	}
	next_status(pid);
	CHECK(reported.kind == WAIT_SIGNAL && reported.signal == SIGTSTP);
	resume(pid, PTRACE_CONT, SIGTSTP);
	int status = next_status(pid);
	CHECK(reported.kind == WAIT_GROUP_STOP && reported.signal == SIGTSTP);
	CHECK(wait_event(status) == PTRACE_EVENT_STOP && !wait_signal(status));
	CHECK(status == wait_encode_event(PTRACE_EVENT_STOP, SIGTSTP));
	kill(pid, SIGCONT);
	resume(pid, PTRACE_CONT, 0);
	do { /* SIGCONT, and the end of the group-stop */
		next_status(pid);
		if (reported.kind == WAIT_SIGNAL)
			resume(pid, PTRACE_CONT, reported.signal);
	} while (reported.kind == WAIT_SIGNAL);
	CHECK(reported.kind == WAIT_EVENT && reported.event == PTRACE_EVENT_STOP);
	kill(pid, SIGKILL);
	while (wait_is_stop(next_status(pid)))
		resume(pid, PTRACE_CONT, 0);
}

static void words_of_damaged_traces_have_a_kind(void)
{
	CHECK(wait_decode(0xffff).kind == WAIT_CONTINUED);
	CHECK(wait_decode(0xff).kind == WAIT_INVALID);
	CHECK(wait_decode(-1).kind != WAIT_EXITED);
	CHECK(wait_decode(SIGABRT | 0x80).dumped);
}

int main(void)
{
	static const struct test tests[] = {
		TEST(exit_is_an_event_then_a_code),
		TEST(a_signal_stops_before_it_kills),
		TEST(a_call_is_no_trap),
		TEST(a_group_stop_is_no_interrupt),
		TEST(words_of_damaged_traces_have_a_kind),
	};

	return tests_run("waitstatus", tests, sizeof(tests) / sizeof(tests[0]));
}
