#include "arch/x86_64/regs.h"

#include <cpuid.h>
#include <errno.h>
#include <linux/audit.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#define ROLE(role, reg) _Static_assert((role) == (int)(reg), #role)
ROLE(ARCH_REG_RESULT, R_RAX);
ROLE(ARCH_REG_SYSNO, R_ORIG_RAX);
ROLE(ARCH_REG_PC, R_RIP);
ROLE(ARCH_REG_FLAGS, R_EFLAGS);
ROLE(ARCH_REG_SP, R_RSP);
ROLE(ARCH_REG_THREAD, R_FS_BASE);
_Static_assert(ARCH_AUDIT == AUDIT_ARCH_X86_64, "ARCH_AUDIT");
ROLE(ARCH_NREGS, R_GS + 1);

const char *const arch_reg_names[TRACE_NREGS] = {
	"r15",    "r14", "r13", "r12",     "rbp",     "rbx", "r11",      "r10", "r9",
	"r8",     "rax", "rcx", "rdx",     "rsi",     "rdi", "orig_rax", "rip", "cs",
	"eflags", "rsp", "ss",  "fs_base", "gs_base", "ds",  "es",       "fs",  "gs",
};

const uint8_t arch_syscall_insn[ARCH_SYSCALL_LEN] = {0x0f, 0x05}; /* syscall */
const uint8_t arch_breakpoint[ARCH_BREAKPOINT_LEN] = {0xcc};      /* int3 */
const uint8_t arch_clock_insn[ARCH_CLOCK_LEN] = {0x0f, 0x31};     /* rdtsc */

static const uint8_t arg_regs[6] = {R_RDI, R_RSI, R_RDX, R_R10, R_R8, R_R9};

uint64_t arch_arg(const struct trace_regs *g, int i)
{
	return g->r[arg_regs[i]];
}

void arch_set_arg(struct trace_regs *g, int i, uint64_t v)
{
	g->r[arg_regs[i]] = v;
}

#define USER_CS 0x33
#define USER_SS 0x2b

void arch_call_mode(struct trace_regs *g)
{
	g->r[R_CS] = USER_CS;
	g->r[R_SS] = USER_SS;
	g->r[R_EFLAGS] &= ~(uint64_t)FLAG_TRAP;
}

bool arch_is_restart(int64_t result)
{
	return result == -ARCH_ERESTARTSYS || result == -ARCH_ERESTARTNOINTR ||
	       result == -ARCH_ERESTARTNOHAND || result == -ARCH_ERESTART_RESTARTBLOCK;
}

void arch_restart(struct trace_regs *g)
{
	if ((int64_t)g->r[R_RAX] == -ARCH_ERESTART_RESTARTBLOCK)
		g->r[R_RAX] = SYS_restart_syscall;
	else
		g->r[R_RAX] = g->r[R_ORIG_RAX];
	g->r[R_RIP] -= ARCH_SYSCALL_LEN;
}

void arch_before_call(struct trace_regs *g)
{
	g->r[R_RAX] = g->r[R_ORIG_RAX];
	g->r[R_ORIG_RAX] = (uint64_t)-1;
	g->r[R_RIP] -= ARCH_SYSCALL_LEN;
}

/* arch/x86/entry/vsyscall/vsyscall_64.c: their addresses, and what a call makes of the registers.
 */
#define VSYSCALL_PAGE 0xffffffffff600000ul

int arch_old_call(uint64_t pc)
{
	switch (pc) {
	case VSYSCALL_PAGE: return SYS_gettimeofday;
	case VSYSCALL_PAGE + 0x400: return SYS_time;
	case VSYSCALL_PAGE + 0x800: return SYS_getcpu;
	default: return -1;
	}
}

void arch_old_call_return(struct trace_regs *g, uint64_t back)
{
	g->r[R_RIP] = back;
	g->r[R_RSP] += sizeof(uint64_t);
}

void arch_old_call_trapped(struct trace_regs *g, uint64_t at)
{
	g->r[R_RIP] = at;
	g->r[R_RSP] -= sizeof(uint64_t);
	arch_old_call_faulted(g);
}

void arch_old_call_faulted(struct trace_regs *g)
{
	g->r[R_ORIG_RAX] = (uint64_t)arch_old_call(g->r[R_RIP]);
	g->r[R_RAX] = (uint64_t)-ENOSYS;
}

bool arch_is_syscall(const struct trace_regs *g)
{
	return g->r[R_RCX] == g->r[R_RIP];
}

uint32_t arch_call_audit(const struct trace_regs *g)
{
	return arch_is_syscall(g) ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_I386;
}

void arch_call_args(const struct trace_regs *g, uint64_t args[6])
{
	static const uint8_t regs32[6] = {R_RBX, R_RCX, R_RDX, R_RSI, R_RDI, R_RBP};

	for (int i = 0; i < 6; i++)
		args[i] = arch_is_syscall(g) ? arch_arg(g, i) : (uint32_t)g->r[regs32[i]];
}

uint64_t arch_clone_flags(uint64_t sysno, uint64_t first_arg)
{
	switch (sysno) {
	case SYS_clone: return first_arg;
	case SYS_fork: return SIGCHLD;
	case SYS_vfork: return CLONE_VM | CLONE_VFORK | SIGCHLD;
	default: return 0;
	}
}

/* Offsets in struct rt_sigframe: pretcode (8), then struct ucontext: uc_flags 0, uc_link 8,
 * uc_stack 16, uc_mcontext 40 with fpstate as its 24th word; the siginfo follows the ucontext. */
#define FRAME_MCONTEXT (8 + 40)
#define FRAME_FPSTATE (FRAME_MCONTEXT + 23 * 8)
#define FRAME_UCONTEXT 304
#define FRAME_SIZE (8 + FRAME_UCONTEXT + 128)
#define FXSAVE_SIZE 512
#define FP_SW_RESERVED 464 /* in the fxsave area: magic1, extended_size */

/* The extended state of the frame at sp: its address, and its length in *size. 0: there is none;
 * *size is 0 then, if that makes sense. */
static uint64_t frame_fpstate(uint64_t sp, uint64_t *size,
			      int (*read)(void *, uint64_t, void *, size_t), void *ctx)
{
	uint64_t fp;
	uint32_t sw[2];

	*size = UINT64_MAX;
	if (read(ctx, sp + FRAME_FPSTATE, &fp, sizeof(fp)))
		return 0;
	if (!fp)
		return *size = 0;
	if (fp < sp || fp - sp > (1 << 16) || read(ctx, fp + FP_SW_RESERVED, sw, sizeof(sw)))
		return 0;
	uint64_t n = sw[0] == FP_XSTATE_MAGIC1 ? sw[1] : FXSAVE_SIZE;
	if (n > ARCH_XSTATE_MAX)
		return 0;
	*size = n;
	return fp;
}

uint64_t arch_sigframe_end(const struct trace_regs *g,
			   int (*read)(void *, uint64_t, void *, size_t), void *ctx)
{
	uint64_t sp = ARCH_SP(g), size, fp = frame_fpstate(sp, &size, read, ctx);

	if (fp)
		return fp + size;
	return size ? 0 : sp + FRAME_SIZE;
}

size_t arch_sigreturn_reads(const struct trace_regs *g,
			    int (*read)(void *, uint64_t, void *, size_t), void *ctx,
			    struct arch_range v[ARCH_SIGRETURN_RANGES])
{
	uint64_t sp = ARCH_SP(g) - 8 /* the handler has popped pretcode */, size,
		 fp = frame_fpstate(sp, &size, read, ctx);

	v[0] = (struct arch_range){sp + 8, FRAME_UCONTEXT};
	v[1] = (struct arch_range){fp, size};
	return fp ? 2 : 1;
}

/* uc_mcontext's eflags: its 18th word (asm/sigcontext.h). */
#define FRAME_EFLAGS (FRAME_MCONTEXT + 17 * 8)

void arch_sigframe_unstep(const struct trace_regs *g, const struct trace_regs *before,
			  int (*read)(void *, uint64_t, void *, size_t),
			  int (*write)(void *, uint64_t, const void *, size_t), void *ctx)
{
	uint64_t at = ARCH_SP(g) + FRAME_EFLAGS, flags;

	if (before->r[R_EFLAGS] & FLAG_TRAP || read(ctx, at, &flags, sizeof(flags)) ||
	    !(flags & FLAG_TRAP))
		return;
	flags &= ~(uint64_t)FLAG_TRAP;
	write(ctx, at, &flags, sizeof(flags));
}

void arch_mark_faulted(struct trace_regs *g)
{
	g->r[R_EFLAGS] |= FLAG_RESUME;
}

unsigned arch_machine_records(const struct arch_features *f, uint32_t (*leaves)[6], unsigned max)
{
	unsigned n = 0;

	for (int range = 0; range < 2; range++) {
		uint32_t base = range ? 0x80000000u : 0, top = __get_cpuid_max(base, NULL);
		for (uint32_t leaf = base; leaf <= top && leaf - base < 0x40 && n < max; leaf++) {
			bool subleaves = leaf == 4 || leaf == 7 || leaf == 0xb;
			uint32_t subs = leaf == 0xd ? ARCH_XPARTS : subleaves ? 4 : 1;
			for (uint32_t sub = 0; sub < subs && n < max; sub++, n++) {
				uint32_t *l = leaves[n];
				l[0] = leaf;
				l[1] = sub;
				__cpuid_count(leaf, sub, l[2], l[3], l[4], l[5]);
				x86_64_features_cpuid(f, leaf, sub, l + 2);
			}
		}
	}
	return n;
}

int arch_regs_differ(const struct trace_regs *a, const struct trace_regs *b, bool at_call)
{
	for (int i = 0; i < TRACE_NREGS; i++) {
		uint64_t diff = a->r[i] ^ b->r[i];
		if (i == R_ORIG_RAX && !at_call)
			continue; /* the kernel's own note, not the program's */
		if (i == R_EFLAGS)
			diff &= ~(uint64_t)FLAG_RESUME; /* set by how the task was stopped */
		if (diff)
			return i;
	}
	return -1;
}
