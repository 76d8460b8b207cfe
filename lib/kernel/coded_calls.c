/* What formats/subcodes cannot say about a call with a code: ioctl, prctl, getsockopt,
 * arch_prctl, futex. Recording. */
#include "kernel/handler.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/ioctl.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/socket.h>

/* Whether formats/subcodes describes argument i completely. */
static bool code_describes(const struct sys_desc *d, const struct subcode *code, unsigned i)
{
	return code && (i >= code->nargs || subcode_arg(d, code, i)->type != T_SPECIAL);
}

/* --- ioctl --- */

/* The numbers of requests to network interfaces encode no size. Nearly all take a struct ifreq
 * (linux/sockios.h). */
static bool ioctl_takes_ifreq(uint32_t cmd)
{
	return cmd >> _IOC_TYPESHIFT == SOCK_IOC_TYPE && _IOC_NR(cmd) >= _IOC_NR(SIOCGIFNAME);
}

static void reads_ioctl(struct payload_walk *w)
{
	const struct payload_call *c = payload_of(w);
	uint32_t cmd = (uint32_t)c->args[1];

	if (code_describes(c->desc, c->code, 2))
		return;
	if (ioctl_takes_ifreq(cmd))
		payload_read(w, 2, c->args[2], sizeof(struct ifreq));
	else if (_IOC_DIR(cmd) & _IOC_WRITE)
		payload_read(w, 2, c->args[2], _IOC_SIZE(cmd));
}

static void enter_ioctl(struct call *c)
{
	if ((uint32_t)c->args[1] == SECCOMP_IOCTL_NOTIF_SEND)
		kernel_notify_reply_enter(c);
}

/* On errors, too: some requests write before they fail. */
static void exit_ioctl(struct call *c)
{
	uint32_t cmd = (uint32_t)c->args[1];

	if (cmd == SECCOMP_IOCTL_NOTIF_RECV)
		kernel_notify_received_exit(c);
	if (c->verdict == CALL_REFUSE || code_describes(c->desc, c->code, 2))
		return;
	if (ioctl_takes_ifreq(cmd))
		kernel_call_out(c, c->args[2], sizeof(struct ifreq));
	else if (_IOC_DIR(cmd) & _IOC_READ)
		kernel_call_out(c, c->args[2], _IOC_SIZE(cmd));
}

SYSCALL_HANDLER(ioctl, .reads = reads_ioctl, .enter = enter_ioctl, .exit = exit_ioctl);

/* --- prctl --- */

/* The kernel does not make the call. Unlike kernel_call_refuse(), this does not mark the event. */
static void answer(struct call *c, int64_t result)
{
	c->verdict = CALL_REFUSE;
	c->result = result;
}

/* If the kernel made it, PR_SET_DUMPABLE with 0 would deny the recorder the task's memory. */
static void set_dumpable(struct call *c)
{
	kernel_mm(c->t->mm)->not_dumpable = c->args[1] == 0;
	if (c->args[1] == 0)
		answer(c, 0);
}

/* Time-stamp instructions always fault, so that the recorder sees them. */
static void set_tsc(struct call *c)
{
	if (c->args[1] != PR_TSC_ENABLE && c->args[1] != PR_TSC_SIGSEGV) {
		answer(c, -EINVAL);
		return;
	}
	answer(c, 0);
	c->t->clock_faults = c->args[1] == PR_TSC_SIGSEGV;
}

static void get_tsc(struct call *c)
{
	int mode = c->t->clock_faults ? PR_TSC_SIGSEGV : PR_TSC_ENABLE;

	answer(c, task_write(c->t, c->args[1], &mode, sizeof(mode)) ? -EFAULT : 0);
}

/* linux/prctl.h; older C libraries do not define it. */
#define PR_GET_AUXV_ 0x41555856

/* The break belongs to brk(2), whose effect is made again in replay. */
static void set_mm(struct call *c)
{
	if (c->args[1] == PR_SET_MM_START_BRK || c->args[1] == PR_SET_MM_BRK ||
	    c->args[1] == PR_SET_MM_MAP)
		kernel_call_refuse(c, EPERM);
}

static void enter_prctl(struct call *c)
{
	switch ((uint32_t)c->args[0]) {
	case PR_SET_DUMPABLE: set_dumpable(c); break;
	case PR_GET_DUMPABLE:
		if (kernel_mm(c->t->mm)->not_dumpable)
			answer(c, 0);
		break;
	case PR_SET_TSC: set_tsc(c); break;
	case PR_GET_TSC: get_tsc(c); break;
	case PR_SET_MM: set_mm(c); break;
	case PR_SET_SECCOMP: kernel_seccomp_prctl_enter(c); break;
	case PR_GET_SECCOMP: answer(c, kernel_seccomp_mode(c->rec, c->t)); break;
	case PR_GET_NO_NEW_PRIVS:
		if (!c->args[1] && !c->args[2] && !c->args[3] && !c->args[4])
			answer(c, kernel_no_new_privs(c->rec, c->t));
		break;
	default: break;
	}
}

static void exit_prctl(struct call *c)
{
	if ((uint32_t)c->args[0] == PR_SET_SECCOMP)
		kernel_seccomp_prctl_exit(c);
	if ((uint32_t)c->args[0] == PR_GET_AUXV_)
		kernel_auxv_exit(c);
	if (c->result < 0)
		return;
	if ((uint32_t)c->args[0] == PR_SET_NO_NEW_PRIVS)
		c->t->no_new_privs = true;
	if (c->args[0] == PR_GET_TSC)
		kernel_call_out(c, c->args[1], sizeof(int));
	if (c->args[0] == PR_SCHED_CORE && c->args[1] == PR_SCHED_CORE_GET)
		kernel_call_out(c, c->args[4], sizeof(uint64_t));
}

SYSCALL_HANDLER(prctl, .enter = enter_prctl, .exit = exit_prctl);

/* --- getsockopt --- */

/* The length counts instructions, not bytes, so the call cannot write to scratch memory. */
static void enter_getsockopt(struct call *c)
{
	c->in_place = c->args[1] == SOL_SOCKET && c->args[2] == SO_GET_FILTER;
}

static void exit_getsockopt(struct call *c)
{
	if (c->in_place && c->result >= 0)
		kernel_call_out(c, c->args[3], (uint64_t)c->cap[3] * sizeof(struct sock_filter));
}

SYSCALL_HANDLER(getsockopt, .enter = enter_getsockopt, .exit = exit_getsockopt);

/* --- others --- */

/* A handler that does nothing: after a quick call without a handler only the result register is
 * read back, but this call changes segment bases. */
SYSCALL_HANDLER(arch_prctl, .enter = NULL);

/* The words that it compares, or changes by what they are. */
static void reads_futex(struct payload_walk *w)
{
	const struct payload_call *c = payload_of(w);

	switch (c->args[1] & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_CMP_REQUEUE:
	case FUTEX_CMP_REQUEUE_PI:
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
	case FUTEX_TRYLOCK_PI:
	case FUTEX_UNLOCK_PI: payload_read_quietly(w, 0, c->args[0], sizeof(uint32_t)); break;
	case FUTEX_WAKE_OP: payload_read_quietly(w, 4, c->args[4], sizeof(uint32_t)); break;
	default: break;
	}
}

/* Before it sleeps, FUTEX_LOCK_PI sets FUTEX_WAITERS, so that the owner unlocks by a call. */
static void blocked_futex(struct call *c)
{
	for (int i = 0; i < c->desc->nargs; i++)
		kernel_arg_save_out(c, i);
}

SYSCALL_HANDLER(futex, .reads = reads_futex, .blocked = blocked_futex);
