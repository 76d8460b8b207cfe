#include "tracee/waitstatus.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* PTRACE_O_TRACESYSGOOD */
#define CALL_STOP (SIGTRAP | 0x80)

static enum wait_kind kind_of(int status)
{
	int event = status >> 16;

	if (WIFEXITED(status))
		return WAIT_EXITED;
	if (WIFSIGNALED(status))
		return WAIT_KILLED;
	if (WIFCONTINUED(status))
		return WAIT_CONTINUED;
	if (!WIFSTOPPED(status))
		return WAIT_INVALID;
	if (event == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP)
		return WAIT_GROUP_STOP;
	if (event)
		return WAIT_EVENT;
	return WSTOPSIG(status) == CALL_STOP ? WAIT_CALL : WAIT_SIGNAL;
}

struct wait_status wait_decode(int status)
{
	struct wait_status w = {.kind = kind_of(status)};

	switch (w.kind) {
	case WAIT_CONTINUED: break;
	case WAIT_EXITED: w.code = WEXITSTATUS(status); break;
	case WAIT_INVALID:
	case WAIT_KILLED:
		w.signal = WTERMSIG(status);
		w.dumped = WCOREDUMP(status);
		break;
	default:
		w.signal = WSTOPSIG(status);
		w.event = status >> 16;
		break;
	}
	return w;
}

bool wait_is_stop(int status)
{
	return wait_decode(status).kind >= WAIT_SIGNAL;
}

bool wait_is_call(int status)
{
	return wait_decode(status).kind == WAIT_CALL;
}

int wait_signal(int status)
{
	struct wait_status w = wait_decode(status);

	return w.kind == WAIT_SIGNAL ? w.signal : 0;
}

int wait_event(int status)
{
	return wait_decode(status).event;
}

int wait_encode_stop(int signal)
{
	return W_STOPCODE(signal);
}

int wait_encode_call(void)
{
	return W_STOPCODE(CALL_STOP);
}

int wait_encode_event(int event, int signal)
{
	return W_STOPCODE(signal) | event << 16;
}
