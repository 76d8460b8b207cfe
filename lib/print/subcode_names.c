/* Arguments whose meaning a subcode decides: a table of (call, subcode, argument). */
#include "print/fields.h"
#include "util/util.h"

#include <asm/ioctls.h>
#include <asm/prctl.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

enum how { END, INT, HEX, SIG, FLAGS, ENUM, STRUCT, STR };

/* END: the call has no argument from this one on. */
static const struct subcode {
	uint16_t nr;
	uint8_t arg, how, dir;
	uint16_t table;   /* FLAGS, ENUM */
	uint32_t code;    /* the call's second argument; the first of prctl and arch_prctl */
	const char *name; /* STRUCT */
} subcodes[] = {
	{SYS_fcntl, 2, END, 0, 0, F_GETFD, NULL},
	{SYS_fcntl, 2, END, 0, 0, F_GETFL, NULL},
	{SYS_fcntl, 2, END, 0, 0, F_GETOWN, NULL},
	{SYS_fcntl, 2, END, 0, 0, F_GETSIG, NULL},
	{SYS_fcntl, 2, END, 0, 0, F_GETLEASE, NULL},
	{SYS_fcntl, 2, END, 0, 0, F_GETPIPE_SZ, NULL},
	{SYS_fcntl, 2, END, 0, 0, F_GET_SEALS, NULL},
	{SYS_fcntl, 2, INT, 0, 0, F_DUPFD, NULL},
	{SYS_fcntl, 2, INT, 0, 0, F_DUPFD_CLOEXEC, NULL},
	{SYS_fcntl, 2, INT, 0, 0, F_SETOWN, NULL},
	{SYS_fcntl, 2, INT, 0, 0, F_SETPIPE_SZ, NULL},
	{SYS_fcntl, 2, SIG, 0, 0, F_SETSIG, NULL},
	{SYS_fcntl, 2, FLAGS, 0, FT_fd_flags, F_SETFD, NULL},
	{SYS_fcntl, 2, FLAGS, 0, FT_open, F_SETFL, NULL},
	{SYS_fcntl, 2, FLAGS, 0, FT_seal, F_ADD_SEALS, NULL},
	{SYS_fcntl, 2, ENUM, 0, FT_lease, F_SETLEASE, NULL},
	{SYS_fcntl, 2, STRUCT, D_INOUT, 0, F_GETLK, "flock"},
	{SYS_fcntl, 2, STRUCT, D_IN, 0, F_SETLK, "flock"},
	{SYS_fcntl, 2, STRUCT, D_IN, 0, F_SETLKW, "flock"},
	{SYS_fcntl, 2, STRUCT, D_INOUT, 0, F_OFD_GETLK, "flock"},
	{SYS_fcntl, 2, STRUCT, D_IN, 0, F_OFD_SETLK, "flock"},
	{SYS_fcntl, 2, STRUCT, D_IN, 0, F_OFD_SETLKW, "flock"},

	{SYS_ioctl, 2, STRUCT, D_OUT, 0, TCGETS, "termios"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, TCSETS, "termios"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, TCSETSW, "termios"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, TCSETSF, "termios"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, TIOCGWINSZ, "winsize"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, TIOCSWINSZ, "winsize"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, FIONREAD, "int"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, FIONBIO, "int"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, FIOASYNC, "int"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, TIOCGPGRP, "int"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, TIOCSPGRP, "int"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, TIOCGSID, "int"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, TIOCOUTQ, "int"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, TIOCGPTN, "uint"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, TIOCSPTLCK, "int"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, BLKGETSIZE64, "u64"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, BLKSSZGET, "int"},
	{SYS_ioctl, 2, STRUCT, D_OUT, 0, FS_IOC_GETFLAGS, "int"},
	{SYS_ioctl, 2, STRUCT, D_IN, 0, FS_IOC_SETFLAGS, "int"},
	{SYS_ioctl, 2, END, 0, 0, FIOCLEX, NULL},
	{SYS_ioctl, 2, END, 0, 0, FIONCLEX, NULL},
	{SYS_ioctl, 2, END, 0, 0, TIOCNOTTY, NULL},
	{SYS_ioctl, 2, INT, 0, 0, TIOCSCTTY, NULL},
	{SYS_ioctl, 2, INT, 0, 0, TCXONC, NULL},
	{SYS_ioctl, 2, INT, 0, 0, TCFLSH, NULL},
	{SYS_ioctl, 2, INT, 0, 0, TCSBRK, NULL},
	{SYS_ioctl, 2, INT, 0, 0, FICLONE, NULL},

	{SYS_prctl, 1, STR, D_IN, 0, PR_SET_NAME, NULL},
	{SYS_prctl, 2, END, 0, 0, PR_SET_NAME, NULL},
	{SYS_prctl, 1, STR, D_OUT, 0, PR_GET_NAME, NULL},
	{SYS_prctl, 2, END, 0, 0, PR_GET_NAME, NULL},
	{SYS_prctl, 1, SIG, 0, 0, PR_SET_PDEATHSIG, NULL},
	{SYS_prctl, 2, END, 0, 0, PR_SET_PDEATHSIG, NULL},
	{SYS_prctl, 1, STRUCT, D_OUT, 0, PR_GET_PDEATHSIG, "int"},
	{SYS_prctl, 2, END, 0, 0, PR_GET_PDEATHSIG, NULL},
	{SYS_prctl, 1, INT, 0, 0, PR_SET_DUMPABLE, NULL},
	{SYS_prctl, 2, END, 0, 0, PR_SET_DUMPABLE, NULL},
	{SYS_prctl, 1, END, 0, 0, PR_GET_DUMPABLE, NULL},
	{SYS_prctl, 1, INT, 0, 0, PR_SET_KEEPCAPS, NULL},
	{SYS_prctl, 2, END, 0, 0, PR_SET_KEEPCAPS, NULL},
	{SYS_prctl, 1, END, 0, 0, PR_GET_KEEPCAPS, NULL},
	{SYS_prctl, 1, INT, 0, 0, PR_CAPBSET_READ, NULL},
	{SYS_prctl, 2, END, 0, 0, PR_CAPBSET_READ, NULL},
	{SYS_prctl, 1, INT, 0, 0, PR_SET_CHILD_SUBREAPER, NULL},
	{SYS_prctl, 2, END, 0, 0, PR_SET_CHILD_SUBREAPER, NULL},
	{SYS_prctl, 1, STRUCT, D_OUT, 0, PR_GET_CHILD_SUBREAPER, "int"},
	{SYS_prctl, 2, END, 0, 0, PR_GET_CHILD_SUBREAPER, NULL},
	{SYS_prctl, 1, ENUM, 0, FT_cap_ambient, PR_CAP_AMBIENT, NULL},
	{SYS_prctl, 1, END, 0, 0, PR_GET_SECCOMP, NULL},
	{SYS_prctl, 1, END, 0, 0, PR_GET_TIMERSLACK, NULL},

	{SYS_arch_prctl, 1, HEX, 0, 0, ARCH_SET_FS, NULL},
	{SYS_arch_prctl, 1, HEX, 0, 0, ARCH_SET_GS, NULL},
	{SYS_arch_prctl, 1, STRUCT, D_OUT, 0, ARCH_GET_FS, "ptr"},
	{SYS_arch_prctl, 1, STRUCT, D_OUT, 0, ARCH_GET_GS, "ptr"},

	{SYS_futex, 3, STRUCT, D_IN, 0, FUTEX_WAIT, "timespec"},
	{SYS_futex, 4, END, 0, 0, FUTEX_WAIT, NULL},
	{SYS_futex, 3, END, 0, 0, FUTEX_WAKE, NULL},
	{SYS_futex, 3, INT, 0, 0, FUTEX_REQUEUE, NULL},
	{SYS_futex, 5, END, 0, 0, FUTEX_REQUEUE, NULL},
	{SYS_futex, 3, INT, 0, 0, FUTEX_CMP_REQUEUE, NULL},
	{SYS_futex, 3, INT, 0, 0, FUTEX_WAKE_OP, NULL},
	{SYS_futex, 3, STRUCT, D_IN, 0, FUTEX_LOCK_PI, "timespec"},
	{SYS_futex, 4, END, 0, 0, FUTEX_LOCK_PI, NULL},
	{SYS_futex, 3, STRUCT, D_IN, 0, FUTEX_LOCK_PI2, "timespec"},
	{SYS_futex, 4, END, 0, 0, FUTEX_LOCK_PI2, NULL},
	{SYS_futex, 2, END, 0, 0, FUTEX_UNLOCK_PI, NULL},
	{SYS_futex, 2, END, 0, 0, FUTEX_TRYLOCK_PI, NULL},
	{SYS_futex, 3, STRUCT, D_IN, 0, FUTEX_WAIT_BITSET, "timespec"},
	{SYS_futex, 3, STRUCT, D_IN, 0, FUTEX_WAIT_REQUEUE_PI, "timespec"},
	{SYS_futex, 3, INT, 0, 0, FUTEX_CMP_REQUEUE_PI, NULL},
};

static bool has_subcodes(const struct call *c, uint32_t *code)
{
	switch (c->ev->sysno) {
	case SYS_fcntl:
	case SYS_ioctl: *code = c->arg[1]; return true;
	case SYS_futex: *code = c->arg[1] & FUTEX_CMD_MASK; return true;
	case SYS_prctl:
	case SYS_arch_prctl: *code = c->arg[0]; return true;
	default: return false;
	}
}

static const struct subcode *subcode_find(const struct call *c, uint32_t code, unsigned arg)
{
	for (size_t i = 0; i < ARRAY_LEN(subcodes); i++)
		if (subcodes[i].nr == c->ev->sysno && subcodes[i].code == code &&
		    subcodes[i].arg == arg)
			return &subcodes[i];
	return NULL;
}

unsigned call_nargs(const struct call *c)
{
	uint32_t code;

	if (has_subcodes(c, &code)) {
		for (unsigned arg = 1; arg < c->desc->nargs; arg++) {
			const struct subcode *sc = subcode_find(c, code, arg);

			if (sc && sc->how == END)
				return arg;
		}
	}
	return c->desc->nargs;
}

static void put_named_struct(const struct call *c, const char *name, uint64_t addr,
			     enum sys_dir dir)
{
	const struct struct_print *sp = struct_print_find(name);
	const uint8_t *p = NULL;
	size_t n = 0;

	if (dir & D_OUT && !c->failed)
		p = call_memory(c, addr, D_OUT, &n);
	if (!p && dir & D_IN)
		p = call_memory(c, addr, D_IN, &n);
	if (p && sp && n >= sp->size)
		sp->print(c, p, n);
	else
		text_pointer(c->t, addr);
}

static void put_text(const struct call *c, uint64_t addr, enum sys_dir dir)
{
	size_t n;
	const uint8_t *p = call_memory(c, addr, dir, &n);

	if (p)
		text_quoted(c->t, p, strnlen((const char *)p, n), 0, c->style->hex);
	else
		text_pointer(c->t, addr);
}

/* Commands in numbers that say their size and direction (include/uapi/asm-generic/ioctl.h). */
static bool put_ioctl(const struct call *c, uint32_t code)
{
	static const char *const dirs[] = {"_IOC_NONE", "_IOC_WRITE", "_IOC_READ",
					   "_IOC_READ|_IOC_WRITE"};

	if (flag_name(FT_ioctl, code))
		return false;
	text_str(c->t, "_IOC(");
	text_str(c->t, dirs[code >> 30]);
	text_mem(c->t, ", ", 2);
	text_hex(c->t, code >> 8 & 0xff);
	text_mem(c->t, ", ", 2);
	text_hex(c->t, code & 0xff);
	text_mem(c->t, ", ", 2);
	text_hex(c->t, code >> 16 & 0x3fff);
	text_char(c->t, ')');
	return true;
}

static unsigned sockopt_table(int level)
{
	switch (level) {
	case SOL_SOCKET: return FT_so;
	case IPPROTO_TCP: return FT_so_tcp;
	case IPPROTO_IP: return FT_so_ip;
	case IPPROTO_IPV6: return FT_so_ipv6;
	default: return FT_COUNT;
	}
}

static const char *sockopt_struct(const struct call *c)
{
	if (c->arg[1] == SOL_SOCKET) {
		switch (c->arg[2]) {
		case SO_LINGER: return "linger";
		case SO_PEERCRED: return "ucred";
		case SO_RCVTIMEO:
		case SO_SNDTIMEO: return "timeval";
		}
	}
	return "int";
}

static bool sockopt_is_text(const struct call *c)
{
	return (c->arg[1] == SOL_SOCKET && c->arg[2] == SO_BINDTODEVICE) ||
	       /* TCP_CONGESTION, TCP_ULP */
	       (c->arg[1] == IPPROTO_TCP && (c->arg[2] == 13 || c->arg[2] == 31));
}

static bool put_sockopt(const struct call *c, unsigned arg)
{
	unsigned table = sockopt_table(c->arg[1]);
	enum sys_dir dir = c->ev->sysno == SYS_setsockopt ? D_IN : D_OUT;

	if (arg == 2 && table != FT_COUNT) {
		text_enum(c->t, table, c->arg[2]);
		return true;
	}
	if (arg != 3 || table == FT_COUNT || !c->arg[3] || sockopt_is_text(c))
		return false;
	put_named_struct(c, sockopt_struct(c), c->arg[3], dir);
	return true;
}

static bool put_protocol(const struct call *c)
{
	if (c->arg[0] == AF_INET || c->arg[0] == AF_INET6)
		text_enum(c->t, FT_ipproto, c->arg[2]);
	else if (c->arg[0] == AF_NETLINK)
		text_enum(c->t, FT_netlink_family, c->arg[2]);
	else
		return false;
	return true;
}

/* struct linux_dirent64 has the length of each entry at 16; that of getdents too (ino, off,
 * reclen). */
static bool put_dirents(const struct call *c)
{
	uint64_t left = c->ev->result;
	unsigned entries = 0;
	size_t n;
	const uint8_t *p = call_memory(c, c->arg[1], D_OUT, &n);

	if (c->failed || c->ev->result < 0)
		return false;
	text_pointer(c->t, c->arg[1]);
	if (left && (!p || n < left))
		return true;
	while (left >= 19) {
		unsigned reclen = LOAD(uint16_t, p + 16);

		if (reclen < 19 || reclen > left)
			break;
		entries++;
		p += reclen;
		left -= reclen;
	}
	text_str(c->t, " /* ");
	text_udec(c->t, entries);
	text_str(c->t, entries == 1 ? " entry */" : " entries */");
	return true;
}

static bool put_subcode(const struct call *c, const struct subcode *sc)
{
	uint64_t v = c->arg[sc->arg];

	switch (sc->how) {
	case INT: text_dec(c->t, (int32_t)v); return true;
	case HEX: text_hex(c->t, v); return true;
	case SIG: text_signal(c->t, v); return true;
	case FLAGS: text_flags(c->t, sc->table, v); return true;
	case ENUM: text_enum(c->t, sc->table, v); return true;
	case STRUCT: put_named_struct(c, sc->name, v, sc->dir); return true;
	case STR: put_text(c, v, sc->dir); return true;
	default: return false;
	}
}

bool call_print_subcode(const struct call *c, unsigned arg)
{
	const struct subcode *sc;
	uint32_t code;

	switch (c->ev->sysno) {
	case SYS_socket: return arg == 2 && put_protocol(c);
	case SYS_setsockopt:
	case SYS_getsockopt: return put_sockopt(c, arg);
	case SYS_getdents:
	case SYS_getdents64: return arg == 1 && put_dirents(c);
	case SYS_wait4:
		if (arg != 1 || !c->arg[1])
			return false;
		if (c->ev->result > 0)
			put_named_struct(c, "wstatus", c->arg[1], D_OUT);
		else
			text_hex(c->t, c->arg[1]);
		return true;
	case SYS_ioctl:
		if (arg == 1)
			return put_ioctl(c, c->arg[1]);
	}
	if (!has_subcodes(c, &code))
		return false;
	sc = subcode_find(c, code, arg);
	return sc && put_subcode(c, sc);
}
