/* Signals and the status of children. */
#include "print/printer.h"
#include "tracee/waitstatus.h"

#include <signal.h>
#include <sys/wait.h>

/* The kernel's sigset: bit N-1 is signal N. As strace(1): "[INT TERM]", "~[KILL]" when most are
 * set. */
void print_sigset(const struct print_call *c, const uint8_t *p, size_t n)
{
	uint64_t set = LOAD(uint64_t, p);
	bool first = true;

	(void)n;
	if (set == UINT64_MAX) {
		print_str(c->t, "~[]");
		return;
	}
	if (__builtin_popcountll(set) > 32) {
		print_char(c->t, '~');
		set = ~set;
	}
	print_char(c->t, '[');
	for (int sig = 1; sig <= 64; sig++) {
		const char *name;

		if (!(set >> (sig - 1) & 1))
			continue;
		if (!first)
			print_char(c->t, ' ');
		first = false;
		name = print_flag_name(FT_signal, sig);
		if (name && sig < 32) {
			print_str(c->t, strncmp(name, "SIG", 3) == 0 ? name + 3 : name);
		} else {
			print_str(c->t, "RT_");
			print_udec(c->t, sig - 32);
		}
	}
	print_char(c->t, ']');
}

/* pselect6's last argument: where a sigset is, and its size. */
static void struct_sigset_ref(const struct print_call *c, const uint8_t *p, size_t n)
{
	uint64_t addr = LOAD(uint64_t, p);
	const uint8_t *set = addr ? print_call_memory(c, addr, D_IN, &n) : NULL;

	print_str(c->t, "{sigmask=");
	if (set && n >= 8)
		print_sigset(c, set, n);
	else
		print_pointer(c->t, addr);
	print_str(c->t, ", sigsetsize=");
	print_udec(c->t, LOAD(uint64_t, p + 8));
	print_char(c->t, '}');
}

/* The kernel's struct sigaction: handler, flags, restorer, mask. */
static void struct_sigaction(const struct print_call *c, const uint8_t *p, size_t n)
{
	uint64_t handler = LOAD(uint64_t, p), flags = LOAD(uint64_t, p + 8);

	print_str(c->t, "{sa_handler=");
	if (handler <= 1)
		print_str(c->t, handler ? "SIG_IGN" : "SIG_DFL");
	else
		print_hex(c->t, handler);
	print_str(c->t, ", sa_mask=");
	print_sigset(c, p + 24, n - 24);
	print_str(c->t, ", sa_flags=");
	print_flags(c->t, FT_sa_flags, flags);
	if (flags & 0x04000000) {
		print_str(c->t, ", sa_restorer=");
		print_hex(c->t, LOAD(uint64_t, p + 16));
	}
	print_char(c->t, '}');
}

static void struct_stack(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_str(c->t, "{ss_sp=");
	print_pointer(c->t, LOAD(uint64_t, p));
	print_str(c->t, ", ss_flags=");
	print_flags(c->t, FT_ss_flags, LOAD(uint32_t, p + 8));
	print_str(c->t, ", ss_size=");
	print_udec(c->t, LOAD(uint64_t, p + 16));
	print_char(c->t, '}');
}

static void struct_sigevent(const struct print_call *c, const uint8_t *p, size_t n)
{
	(void)n;
	print_str(c->t, "{sigev_value=");
	print_hex(c->t, LOAD(uint64_t, p));
	print_str(c->t, ", sigev_signo=");
	print_signal(c->t, LOAD(int32_t, p + 8));
	print_str(c->t, ", sigev_notify=");
	print_enum(c->t, FT_sigev, LOAD(uint32_t, p + 12));
	print_char(c->t, '}');
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
	const char *name = print_flag_name(FT_si_code, (uint32_t)code);

	if (code > 0 && code < 0x80 && code_table(sig) >= 0)
		name = print_flag_name(code_table(sig), code);
	if (name)
		print_str(t, name);
	else
		print_dec(t, code);
}

static void put_sender(struct text *t, const uint8_t *p)
{
	print_str(t, ", si_pid=");
	print_dec(t, LOAD(int32_t, p + 16));
	print_str(t, ", si_uid=");
	print_udec(t, LOAD(uint32_t, p + 20));
}

static void put_child(struct text *t, const uint8_t *p, int code)
{
	int status = LOAD(int32_t, p + 24);

	put_sender(t, p);
	print_str(t, ", si_status=");
	if (code == CLD_EXITED)
		print_dec(t, status);
	else
		print_signal(t, status);
}

static void put_sigsys(struct text *t, const uint8_t *p)
{
	const struct sys_desc *desc = systab_get(LOAD(uint32_t, p + 24));

	print_str(t, ", si_call_addr=");
	print_pointer(t, LOAD(uint64_t, p + 16));
	print_str(t, ", si_syscall=");
	if (desc)
		print_str(t, desc->name);
	else
		print_udec(t, LOAD(uint32_t, p + 24));
}

/* signal(7), sigaction(2): which members mean something depends on the signal and on who sent it.
 */
void print_siginfo(const struct print_call *c, const uint8_t *p, size_t n)
{
	int sig = LOAD(int32_t, p), err = LOAD(int32_t, p + 4), code = LOAD(int32_t, p + 8);
	struct text *t = c->t;

	(void)n;
	print_str(t, "{si_signo=");
	print_signal(t, sig);
	print_str(t, ", si_code=");
	put_code(t, sig, code);
	if (err) {
		print_str(t, ", si_errno=");
		print_errno(t, err);
	}
	if (code == SI_TIMER) {
		print_str(t, ", si_timerid=");
		print_hex(t, LOAD(uint32_t, p + 16));
		print_str(t, ", si_overrun=");
		print_dec(t, LOAD(int32_t, p + 20));
	} else if (code <= 0) {
		put_sender(t, p);
		if (code != SI_USER && code != SI_TKILL) {
			print_str(t, ", si_value=");
			print_hex(t, LOAD(uint64_t, p + 24));
		}
	} else if (sig == SIGCHLD && code < SI_KERNEL) {
		put_child(t, p, code);
	} else if (sig == SIGSYS && code < SI_KERNEL) {
		put_sigsys(t, p);
	} else if (sig == SIGIO && code < SI_KERNEL) {
		print_str(t, ", si_band=");
		print_dec(t, LOAD(int64_t, p + 16));
		print_str(t, ", si_fd=");
		print_dec(t, LOAD(int32_t, p + 24));
	} else if (code_table(sig) >= 0) {
		print_str(t, ", si_addr=");
		print_pointer(t, LOAD(uint64_t, p + 16));
	}
	print_char(t, '}');
}

void print_wait_status(struct text *t, int status)
{
	const struct wait_status w = wait_decode(status);

	switch (w.kind) {
	case WAIT_EXITED:
		print_str(t, "{WIFEXITED(s) && WEXITSTATUS(s) == ");
		print_udec(t, (uint64_t)w.code);
		break;
	case WAIT_CONTINUED: print_str(t, "{WIFCONTINUED(s)"); break;
	case WAIT_INVALID:
	case WAIT_KILLED:
		print_str(t, "{WIFSIGNALED(s) && WTERMSIG(s) == ");
		print_signal(t, w.signal);
		if (w.dumped)
			print_str(t, " && WCOREDUMP(s)");
		break;
	default:
		print_str(t, "{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		print_signal(t, w.signal);
		break;
	}
	print_char(t, '}');
}

const struct print_struct print_structs_signal[] = {
	{"sigset", 8, print_sigset},
	{"sigset_argpack", 16, struct_sigset_ref},
	{"sigaction", 32, struct_sigaction},
	{"siginfo", 48, print_siginfo},
	{"stack", 24, struct_stack},
	{"sigevent", 16, struct_sigevent},
	{NULL, 0, NULL},
};
