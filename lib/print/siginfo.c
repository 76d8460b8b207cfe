/* Signals and the status of children. */
#include "print/fields.h"
#include "tracee/waitstatus.h"

#include <signal.h>
#include <sys/wait.h>

/* The kernel's sigset: bit N-1 is signal N. As strace(1): "[INT TERM]", "~[KILL]" when most are
 * set. */
void print_sigset(const struct call *c, const uint8_t *p, size_t n)
{
	uint64_t set = LOAD(uint64_t, p);
	bool first = true;

	(void)n;
	if (set == UINT64_MAX) {
		text_str(c->t, "~[]");
		return;
	}
	if (__builtin_popcountll(set) > 32) {
		text_char(c->t, '~');
		set = ~set;
	}
	text_char(c->t, '[');
	for (int sig = 1; sig <= 64; sig++) {
		const char *name;

		if (!(set >> (sig - 1) & 1))
			continue;
		if (!first)
			text_char(c->t, ' ');
		first = false;
		name = flag_name(FT_signal, sig);
		if (name && sig < 32) {
			text_str(c->t, strncmp(name, "SIG", 3) == 0 ? name + 3 : name);
		} else {
			text_str(c->t, "RT_");
			text_udec(c->t, sig - 32);
		}
	}
	text_char(c->t, ']');
}

/* pselect6's last argument: where a sigset is, and its size. */
static void print_sigset_ref(const struct call *c, const uint8_t *p, size_t n)
{
	uint64_t addr = LOAD(uint64_t, p);
	const uint8_t *set = addr ? call_memory(c, addr, D_IN, &n) : NULL;

	text_str(c->t, "{sigmask=");
	if (set && n >= 8)
		print_sigset(c, set, n);
	else
		text_pointer(c->t, addr);
	text_str(c->t, ", sigsetsize=");
	text_udec(c->t, LOAD(uint64_t, p + 8));
	text_char(c->t, '}');
}

/* The kernel's struct sigaction: handler, flags, restorer, mask. */
static void print_sigaction(const struct call *c, const uint8_t *p, size_t n)
{
	uint64_t handler = LOAD(uint64_t, p), flags = LOAD(uint64_t, p + 8);

	text_str(c->t, "{sa_handler=");
	if (handler <= 1)
		text_str(c->t, handler ? "SIG_IGN" : "SIG_DFL");
	else
		text_hex(c->t, handler);
	text_str(c->t, ", sa_mask=");
	print_sigset(c, p + 24, n - 24);
	text_str(c->t, ", sa_flags=");
	text_flags(c->t, FT_sa_flags, flags);
	if (flags & 0x04000000) {
		text_str(c->t, ", sa_restorer=");
		text_hex(c->t, LOAD(uint64_t, p + 16));
	}
	text_char(c->t, '}');
}

static void print_stack(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_str(c->t, "{ss_sp=");
	text_pointer(c->t, LOAD(uint64_t, p));
	text_str(c->t, ", ss_flags=");
	text_flags(c->t, FT_ss_flags, LOAD(uint32_t, p + 8));
	text_str(c->t, ", ss_size=");
	text_udec(c->t, LOAD(uint64_t, p + 16));
	text_char(c->t, '}');
}

static void print_sigevent(const struct call *c, const uint8_t *p, size_t n)
{
	(void)n;
	text_str(c->t, "{sigev_value=");
	text_hex(c->t, LOAD(uint64_t, p));
	text_str(c->t, ", sigev_signo=");
	text_signal(c->t, LOAD(int32_t, p + 8));
	text_str(c->t, ", sigev_notify=");
	text_enum(c->t, FT_sigev, LOAD(uint32_t, p + 12));
	text_char(c->t, '}');
}

/* The table of codes that only this signal has, or -1. */
static int code_table(int sig)
{
	switch (sig) {
	case SIGSEGV: return FT_si_code_segv;
	case SIGBUS: return FT_si_code_bus;
	case SIGILL: return FT_si_code_ill;
	case SIGFPE: return FT_si_code_fpe;
	case SIGTRAP: return FT_si_code_trap;
	case SIGCHLD: return FT_si_code_chld;
	case SIGSYS: return FT_si_code_sys;
	case SIGIO: return FT_si_code_poll;
	default: return -1;
	}
}

static void put_code(struct text *t, int sig, int code)
{
	const char *name = flag_name(FT_si_code, (uint32_t)code);

	if (code > 0 && code < 0x80 && code_table(sig) >= 0)
		name = flag_name(code_table(sig), code);
	if (name)
		text_str(t, name);
	else
		text_dec(t, code);
}

static void put_sender(struct text *t, const uint8_t *p)
{
	text_str(t, ", si_pid=");
	text_dec(t, LOAD(int32_t, p + 16));
	text_str(t, ", si_uid=");
	text_udec(t, LOAD(uint32_t, p + 20));
}

static void put_child(struct text *t, const uint8_t *p, int code)
{
	int status = LOAD(int32_t, p + 24);

	put_sender(t, p);
	text_str(t, ", si_status=");
	if (code == CLD_EXITED)
		text_dec(t, status);
	else
		text_signal(t, status);
}

static void put_sigsys(struct text *t, const uint8_t *p)
{
	const struct sys_desc *desc = systab_get(LOAD(uint32_t, p + 24));

	text_str(t, ", si_call_addr=");
	text_pointer(t, LOAD(uint64_t, p + 16));
	text_str(t, ", si_syscall=");
	if (desc)
		text_str(t, desc->name);
	else
		text_udec(t, LOAD(uint32_t, p + 24));
}

/* signal(7), sigaction(2): which members mean something depends on the signal and on who sent it.
 */
void print_siginfo(const struct call *c, const uint8_t *p, size_t n)
{
	int sig = LOAD(int32_t, p), err = LOAD(int32_t, p + 4), code = LOAD(int32_t, p + 8);
	struct text *t = c->t;

	(void)n;
	text_str(t, "{si_signo=");
	text_signal(t, sig);
	text_str(t, ", si_code=");
	put_code(t, sig, code);
	if (err) {
		text_str(t, ", si_errno=");
		text_errno(t, err);
	}
	if (code == SI_TIMER) {
		text_str(t, ", si_timerid=");
		text_hex(t, LOAD(uint32_t, p + 16));
		text_str(t, ", si_overrun=");
		text_dec(t, LOAD(int32_t, p + 20));
	} else if (code <= 0) {
		put_sender(t, p);
		if (code != SI_USER && code != SI_TKILL) {
			text_str(t, ", si_value=");
			text_hex(t, LOAD(uint64_t, p + 24));
		}
	} else if (sig == SIGCHLD && code < SI_KERNEL) {
		put_child(t, p, code);
	} else if (sig == SIGSYS && code < SI_KERNEL) {
		put_sigsys(t, p);
	} else if (sig == SIGIO && code < SI_KERNEL) {
		text_str(t, ", si_band=");
		text_dec(t, LOAD(int64_t, p + 16));
		text_str(t, ", si_fd=");
		text_dec(t, LOAD(int32_t, p + 24));
	} else if (code_table(sig) >= 0) {
		text_str(t, ", si_addr=");
		text_pointer(t, LOAD(uint64_t, p + 16));
	}
	text_char(t, '}');
}

void text_wait_status(struct text *t, int status)
{
	const struct wait_status w = wait_decode(status);

	switch (w.kind) {
	case WAIT_EXITED:
		text_str(t, "{WIFEXITED(s) && WEXITSTATUS(s) == ");
		text_udec(t, (uint64_t)w.code);
		break;
	case WAIT_CONTINUED: text_str(t, "{WIFCONTINUED(s)"); break;
	case WAIT_INVALID:
	case WAIT_KILLED:
		text_str(t, "{WIFSIGNALED(s) && WTERMSIG(s) == ");
		text_signal(t, w.signal);
		if (w.dumped)
			text_str(t, " && WCOREDUMP(s)");
		break;
	default:
		text_str(t, "{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		text_signal(t, w.signal);
		break;
	}
	text_char(t, '}');
}

const struct struct_print structs_signal[] = {
	{"sigset", 8, print_sigset},
	{"sigset_argpack", 16, print_sigset_ref},
	{"sigaction", 32, print_sigaction},
	{"siginfo", 48, print_siginfo},
	{"stack", 24, print_stack},
	{"sigevent", 16, print_sigevent},
	{NULL, 0, NULL},
};
