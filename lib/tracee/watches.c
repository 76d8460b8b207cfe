/* Debug registers: what the CPU watches for. */
#include "tracee/task.h"
#include "tracee/waitstatus.h"
#include "util/util.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <unistd.h>

static int poke_debug(struct task *t, int reg, uint64_t value)
{
	return (int)ptrace(PTRACE_POKEUSER, t->tid,
			   offsetof(struct user, u_debugreg) + (size_t)reg * 8, value);
}

/* Intel SDM vol. 3, 17.2.4: a nibble each of kind and length, from bit 16 on. */
int task_parse_watches(const uint64_t dr[TRACE_DEBUG_REGS], struct task_watches *w)
{
	static const uint8_t lens[] = {1, 2, 8, 4};

	memset(w, 0, sizeof(*w));
	for (int i = 0; i < TASK_WATCHES; i++) {
		unsigned how = (unsigned)(dr[TRACE_DEBUG_REGS - 1] >> (16 + 4 * i)) & 0xf,
			 len = lens[how >> 2];
		if (!(dr[TRACE_DEBUG_REGS - 1] >> 2 * i & 3))
			continue;
		if ((how & 3) == 2 || dr[i] % len || ((how & 3) == TASK_WATCH_EXEC && len != 1))
			return -1;
		w->v[i].addr = dr[i];
		w->v[i].len = len;
		w->v[i].kind = how & 3;
	}
	return 0;
}

int task_set_watches(struct task *t, const struct task_watches *w)
{
	uint64_t dr7 = 0;

	if (poke_debug(t, 7, 0))
		return -1;
	for (int i = 0; i < TASK_WATCHES; i++) {
		static const uint8_t lens[9] = {[1] = 0, [2] = 1, [4] = 3, [8] = 2};
		if (!w->v[i].len)
			continue;
		if (poke_debug(t, i, w->v[i].addr))
			return -1;
		dr7 |= 1ull << (2 * i) | (uint64_t)(w->v[i].kind | (unsigned)lens[w->v[i].len] << 2)
						 << (16 + 4 * i);
	}
	return dr7 ? poke_debug(t, 7, dr7) : 0;
}

static _Noreturn void touch(volatile int *what)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	*what = 1;
	_exit(0);
}

bool task_watches_work(void)
{
	static enum { NOT_TRIED, NO, YES } answer;
	static _Alignas(4) volatile int touched;
	const struct task_watches w = {{{(uint64_t)&touched, sizeof(touched), TASK_WATCH_WRITE}}};
	struct task t = {.tid = -1};
	int status;

	if (answer != NOT_TRIED)
		return answer == YES;
	t.tid = fork();
	if (!t.tid)
		touch(&touched);
	answer = YES; /* or it will be found out */
	if (t.tid < 0 || task_wait(&t, &status) || !wait_is_stop(status))
		return true;
	if (task_set_watches(&t, &w) || task_resume(&t, PTRACE_CONT, 0) || task_wait(&t, &status) ||
	    !wait_is_stop(status))
		answer = NO;
	if (wait_is_stop(status)) {
		kill(t.tid, SIGKILL);
		task_wait(&t, &status);
	}
	return answer == YES;
}

int task_set_breakpoint(struct task *t, uint64_t pc)
{
	return task_set_watches(t, &(struct task_watches){{{pc, pc ? 1 : 0, TASK_WATCH_EXEC}}});
}

/* DR6 bits 0 to 3. The kernel keeps them set until they are cleared. */
unsigned task_struck(struct task *t)
{
	errno = 0;
	long dr6 = ptrace(PTRACE_PEEKUSER, t->tid, offsetof(struct user, u_debugreg[6]), NULL);

	if (errno || !(dr6 & 0xf))
		return 0;
	poke_debug(t, 6, 0);
	return (unsigned)dr6 & 0xf;
}
