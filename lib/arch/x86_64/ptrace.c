#include "arch/ptrace.h"

#include "arch/x86_64/regs.h"
#include "util/size.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

_Static_assert(sizeof(struct user_regs_struct) == sizeof(struct trace_regs),
	       "ptrace's registers are the trace's");

int arch_get_regs(pid_t tid, struct trace_regs *g)
{
	return (int)ptrace(PTRACE_GETREGS, tid, NULL, g);
}

int arch_set_regs(pid_t tid, const struct trace_regs *g)
{
	return (int)ptrace(PTRACE_SETREGS, tid, NULL, g);
}

int arch_get_result(pid_t tid, uint64_t *result)
{
	errno = 0;
	*result = (uint64_t)ptrace(PTRACE_PEEKUSER, tid, offsetof(struct user, regs.rax), NULL);
	return errno ? -1 : 0;
}

int arch_set_result(pid_t tid, uint64_t result)
{
	return (int)ptrace(PTRACE_POKEUSER, tid, offsetof(struct user, regs.rax), result);
}

ssize_t arch_get_xstate(pid_t tid, void *buf, size_t max)
{
	struct iovec iov = {buf, max};

	return ptrace(PTRACE_GETREGSET, tid, (void *)NT_X86_XSTATE, &iov) ? -1
									  : (ssize_t)iov.iov_len;
}

int arch_set_xstate(pid_t tid, const void *buf, size_t n)
{
	struct iovec iov = {(void *)buf, n};

	return (int)ptrace(PTRACE_SETREGSET, tid, (void *)NT_X86_XSTATE, &iov);
}

enum arch_regset arch_regset(uint64_t note)
{
	switch (note) {
	case NT_PRSTATUS: return ARCH_REGSET_GENERAL;
	case NT_PRFPREG: return ARCH_REGSET_FP;
	case NT_X86_XSTATE: return ARCH_REGSET_EXTENDED;
	default: return ARCH_REGSET_NONE;
	}
}

/* The header after the legacy region names the components in use: Intel SDM vol. 1, 13.4.2. */
void arch_xstate_use_fp(uint8_t *area)
{
	area[ARCH_FP_SIZE] |= 3;
}

/* Flags that a tracer may change (FLAG_MASK in arch/x86/kernel/ptrace.c), but for the trap flag,
 * which the kernel uses to step. */
#define FLAGS_CHANGEABLE 0x50cd5ul

void arch_regs_from_tracer(struct trace_regs *g, const struct trace_regs *wanted)
{
	static const enum arch_reg kept[] = {R_CS, R_SS, R_DS, R_ES, R_FS, R_GS};
	struct trace_regs to = *wanted;

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		to.r[kept[i]] = g->r[kept[i]];
	to.r[R_EFLAGS] = (to.r[R_EFLAGS] & FLAGS_CHANGEABLE) | (g->r[R_EFLAGS] & ~FLAGS_CHANGEABLE);
	*g = to;
}

#define USER_DEBUG offsetof(struct user, u_debugreg)

int arch_user_reg(uint64_t offset)
{
	return offset % 8 || offset / 8 >= TRACE_NREGS ? -1 : (int)(offset / 8);
}

int arch_user_debug(uint64_t offset)
{
	return offset % 8 || offset < USER_DEBUG || (offset - USER_DEBUG) / 8 >= ARCH_DEBUG_REGS
		       ? -1
		       : (int)((offset - USER_DEBUG) / 8);
}

/* DR0 to DR3 hold addresses, DR6 the status, DR7 the control; the others do not exist: Intel SDM
 * vol. 3, 17.2. */
#define STATUS 6
#define CONTROL 7
#define STATUS_STEP (1u << 14)
/* Bits of DR6 that are 1 when nothing has happened: DR6_RESERVED of
 * arch/x86/include/uapi/asm/debugreg.h. */
#define STATUS_RESERVED 0xffff0ff0u

bool arch_debug_settable(unsigned reg)
{
	return reg < ARCH_WATCHPOINTS || reg == STATUS || reg == CONTROL;
}

bool arch_debug_is_status(unsigned reg)
{
	return reg == STATUS;
}

uint64_t arch_debug_status(uint64_t status)
{
	return status ^ STATUS_RESERVED;
}

void arch_debug_report(uint64_t debug[ARCH_DEBUG_REGS], unsigned triggered, bool stepped)
{
	debug[STATUS] = triggered | (stepped ? STATUS_STEP : 0);
}

bool arch_debug_enables(unsigned reg, uint64_t value)
{
	return reg == CONTROL && value & 0xff;
}

void arch_debug_pack(const uint64_t debug[ARCH_DEBUG_REGS], uint64_t packed[TRACE_DEBUG_REGS])
{
	memcpy(packed, debug, ARCH_WATCHPOINTS * sizeof(*packed));
	packed[TRACE_DEBUG_REGS - 1] = debug[CONTROL];
}

/* In DR7, from bit 16 on, a nibble a watchpoint: kind in the lower two bits, length in the upper
 * ones (Intel SDM vol. 3, 17.2.4). */
enum { HOW_EXEC = 0, HOW_WRITE = 1, HOW_IO = 2, HOW_ACCESS = 3 };

int arch_watchpoints_decode(const uint64_t debug[TRACE_DEBUG_REGS], struct arch_watchpoints *w)
{
	static const uint8_t lens[] = {1, 2, 8, 4};
	static const enum arch_watchpoint_kind kinds[] = {[HOW_EXEC] = ARCH_WATCH_EXEC,
							  [HOW_WRITE] = ARCH_WATCH_WRITE,
							  [HOW_ACCESS] = ARCH_WATCH_ACCESS};
	const uint64_t control = debug[TRACE_DEBUG_REGS - 1];

	memset(w, 0, sizeof(*w));
	for (int i = 0; i < ARCH_WATCHPOINTS; i++) {
		unsigned how = (unsigned)(control >> (16 + 4 * i)) & 0xf, len = lens[how >> 2];
		if (!(control >> 2 * i & 3))
			continue;
		if ((how & 3) == HOW_IO || debug[i] % len || ((how & 3) == HOW_EXEC && len != 1))
			return -1;
		w->v[i].addr = debug[i];
		w->v[i].len = len;
		w->v[i].kind = kinds[how & 3];
	}
	return 0;
}

static int poke_debug(pid_t tid, int reg, uint64_t value)
{
	return (int)ptrace(PTRACE_POKEUSER, tid, USER_DEBUG + (size_t)reg * 8, value);
}

int arch_set_watchpoints(pid_t tid, const struct arch_watchpoints *w)
{
	static const uint8_t lens[9] = {[1] = 0, [2] = 1, [4] = 3, [8] = 2};
	static const uint8_t hows[] = {[ARCH_WATCH_EXEC] = HOW_EXEC,
				       [ARCH_WATCH_WRITE] = HOW_WRITE,
				       [ARCH_WATCH_ACCESS] = HOW_ACCESS};
	uint64_t control = 0;

	if (poke_debug(tid, CONTROL, 0))
		return -1;
	for (int i = 0; i < ARCH_WATCHPOINTS; i++) {
		if (!w->v[i].len)
			continue;
		if (poke_debug(tid, i, w->v[i].addr))
			return -1;
		unsigned how = hows[w->v[i].kind] | (unsigned)lens[w->v[i].len] << 2;
		control |= 1ull << (2 * i) | (uint64_t)how << (16 + 4 * i);
	}
	return control ? poke_debug(tid, CONTROL, control) : 0;
}

/* The kernel keeps the bits set until they are cleared. */
unsigned arch_triggered_watches(pid_t tid)
{
	errno = 0;
	long status = ptrace(PTRACE_PEEKUSER, tid, USER_DEBUG + STATUS * 8, NULL);

	if (errno || !(status & 0xf))
		return 0;
	poke_debug(tid, STATUS, 0);
	return (unsigned)status & 0xf;
}
