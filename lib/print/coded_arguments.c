/* Arguments that a call's code decides about (formats/subcodes), the code itself, and those of a
 * few calls whose meaning other arguments decide. */
#include "print/printer.h"
#include "util/size.h"

#include <linux/futex.h>
#include <linux/quota.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

unsigned print_call_nargs(const struct print_call *c)
{
	return c->code ? c->code->nargs : c->desc->nargs;
}

static void put_struct_memory(const struct print_call *c, const struct print_struct *sp,
			      uint64_t addr, enum sys_dir dir)
{
	const uint8_t *p = NULL;
	size_t n = 0;

	if (dir & D_OUT && !c->failed)
		p = print_call_memory(c, addr, D_OUT, &n);
	if (!p && dir & D_IN)
		p = print_call_memory(c, addr, D_IN, &n);
	if (p && sp && n >= sp->size)
		sp->print(c, p, n);
	else
		print_pointer(c->t, addr);
}

/* --- codes --- */

/* A request whose number says its size and direction (include/uapi/asm-generic/ioctl.h). */
static void put_ioctl_number(struct text *t, uint32_t code)
{
	static const char *const dirs[] = {"_IOC_NONE", "_IOC_WRITE", "_IOC_READ",
					   "_IOC_READ|_IOC_WRITE"};

	print_str(t, "_IOC(");
	print_str(t, dirs[code >> 30]);
	print_mem(t, ", ", 2);
	print_hex(t, code >> 8 & 0xff);
	print_mem(t, ", ", 2);
	print_hex(t, code & 0xff);
	print_mem(t, ", ", 2);
	print_hex(t, code >> 16 & 0x3fff);
	print_char(t, ')');
}

static void put_futex_flags(struct text *t, uint32_t op)
{
	if (op & FUTEX_PRIVATE_FLAG)
		print_str(t, "_PRIVATE");
	if (op & FUTEX_CLOCK_REALTIME)
		print_str(t, "|FUTEX_CLOCK_REALTIME");
}

/* Commands of quotactl carry the kind of quota. */
static void put_quota_command(struct text *t, const char *name, uint32_t cmd)
{
	static const char *const kinds[] = {"USRQUOTA", "GRPQUOTA", "PRJQUOTA"};
	uint32_t kind = cmd & SUBCMDMASK;

	print_str(t, "QCMD(");
	print_str(t, name);
	print_mem(t, ", ", 2);
	if (kind < ARRAY_LEN(kinds))
		print_str(t, kinds[kind]);
	else
		print_hex(t, kind);
	print_char(t, ')');
}

/* A macro's arguments are not in its row. */
static void put_code_name(struct text *t, const char *name)
{
	size_t n = strcspn(name, "(");

	print_mem(t, name, n);
	if (name[n])
		print_str(t, "(...)");
}

void print_call_code(const struct print_call *c, unsigned arg)
{
	uint32_t code = (uint32_t)c->arg[arg];

	if (!c->code && c->ev->sysno == SYS_ioctl) {
		put_ioctl_number(c->t, code);
	} else if (!c->code && (c->ev->sysno == SYS_getsockopt || c->ev->sysno == SYS_setsockopt)) {
		print_dec(c->t, (int32_t)code);
	} else if (!c->code) {
		print_unnamed(c->t, code);
	} else if (c->desc->args[arg].sub == SC_quotactl) {
		put_quota_command(c->t, c->code->name, code);
	} else {
		put_code_name(c->t, c->code->name);
		if (c->ev->sysno == SYS_futex)
			put_futex_flags(c->t, code);
	}
}

static bool put_protocol(const struct print_call *c)
{
	if (c->arg[0] == AF_INET || c->arg[0] == AF_INET6)
		print_enum(c->t, FT_ipproto, c->arg[2]);
	else if (c->arg[0] == AF_NETLINK)
		print_enum(c->t, FT_netlink_family, c->arg[2]);
	else
		return false;
	return true;
}

/* struct linux_dirent64 has the length of each entry at 16; that of getdents too (ino, off,
 * reclen). */
static bool put_dirents(const struct print_call *c)
{
	uint64_t left = c->ev->result;
	unsigned entries = 0;
	size_t n;
	const uint8_t *p = print_call_memory(c, c->arg[1], D_OUT, &n);

	if (c->failed || c->ev->result < 0)
		return false;
	print_pointer(c->t, c->arg[1]);
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
	print_str(c->t, " /* ");
	print_udec(c->t, entries);
	print_str(c->t, entries == 1 ? " entry */" : " entries */");
	return true;
}

static bool put_wait_status(const struct print_call *c)
{
	if (!c->arg[1])
		return false;
	if (c->ev->result > 0)
		put_struct_memory(c, print_struct_find("wstatus"), c->arg[1], D_OUT);
	else
		print_hex(c->t, c->arg[1]);
	return true;
}

/* Memory at a code's argument. What came back says most; what went in may be all there is. */
static bool put_coded(const struct print_call *c, unsigned arg)
{
	const struct sys_arg *a = subcode_arg(c->desc, c->code, arg);
	enum sys_dir dir = a->dir;

	if (a == &c->desc->args[arg] || a->type != T_STRUCT || a->len_src != LEN_FIXED ||
	    a->len_arg != 1)
		return false;
	if (dir == D_NONE) /* as the call's row saves it */
		dir = c->desc->args[arg].dir & D_OUT ? D_OUT : D_IN;
	put_struct_memory(c, print_struct_get(a->sub), c->arg[arg], dir);
	return true;
}

bool print_call_irregular(const struct print_call *c, unsigned arg)
{
	switch (c->ev->sysno) {
	case SYS_socket: return arg == 2 && put_protocol(c);
	case SYS_getdents:
	case SYS_getdents64: return arg == 1 && put_dirents(c);
	case SYS_wait4: return arg == 1 && put_wait_status(c);
	default: return c->code && put_coded(c, arg);
	}
}
