/* The arguments of a call, as its row of the system-call table says. */
#include "print/printer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

enum { ARRAY_SHOWN = 16, STRINGS_SHOWN = 64, STRING_SHOWN = 256 };

static int read_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	size_t n;
	const uint8_t *p = print_call_memory_any(ctx, addr, D_INOUT, &n);

	if (!p || n < size)
		return -1;
	memcpy(buf, p, size);
	return 0;
}

/* Bytes or elements the argument has; SYS_LENGTH_UNKNOWN if the trace does not say. The argument's
 * place matters only together with `cap`. */
static uint64_t arg_length(const struct print_call *c, const struct sys_arg *a)
{
	const struct sys_values v = {.args = c->arg,
				     .result = c->ev->result,
				     .returned = true,
				     .read = read_memory,
				     .ctx = (void *)c};

	return systab_length(a, 0, &v);
}

/* --- numbers --- */

static void put_id(struct text *t, uint32_t id)
{
	if (id == UINT32_MAX)
		print_mem(t, "-1", 2);
	else
		print_udec(t, id);
}

static void put_mode(struct text *t, uint32_t mode)
{
	const char *type = print_flag_name(FT_file_type, mode & S_IFMT);

	if (type && mode & S_IFMT) {
		print_str(t, type);
		print_char(t, '|');
		mode &= ~S_IFMT;
	}
	print_octal(t, mode);
}

static void put_clock(struct text *t, int32_t clock)
{
	const char *name = print_flag_name(FT_clockid, (uint32_t)clock);

	if (name)
		print_str(t, name);
	else
		print_dec(t, clock);
}

static void put_dirfd(struct text *t, int32_t fd)
{
	if (fd == AT_FDCWD)
		print_str(t, "AT_FDCWD");
	else
		print_dec(t, fd);
}

static void put_device(struct text *t, uint64_t dev)
{
	print_str(t, "makedev(");
	print_hex(t, major(dev));
	print_mem(t, ", ", 2);
	print_hex(t, minor(dev));
	print_char(t, ')');
}

static void put_number(const struct print_call *c, const struct sys_arg *a, uint64_t v)
{
	struct text *t = c->t;

	switch (a->type) {
	case T_INT:
	case T_FD:
	case T_PID: print_dec(t, (int32_t)v); break;
	case T_UINT: print_udec(t, (uint32_t)v); break;
	case T_LONG:
	case T_OFF: print_dec(t, v); break;
	case T_ULONG:
	case T_SIZE: print_udec(t, v); break;
	case T_HEX: print_hex(t, v); break;
	case T_DIRFD: put_dirfd(t, v); break;
	case T_UID:
	case T_GID: put_id(t, v); break;
	case T_SIG: print_signal(t, v); break;
	case T_MODE: put_mode(t, v); break;
	case T_DEV: put_device(t, v); break;
	case T_CLOCK: put_clock(t, v); break;
	case T_FLAGS: print_flags(t, a->sub, v); break;
	case T_ENUM: print_enum(t, a->sub, v); break;
	default: print_pointer(t, v);
	}
}

/* --- pointers --- */

static void put_string(const struct print_call *c, uint64_t addr, enum sys_dir dir, size_t max)
{
	size_t n, len;
	const uint8_t *p = print_call_memory_any(c, addr, dir, &n);

	if (!p) {
		print_pointer(c->t, addr);
		return;
	}
	/* A string without its NUL was too long to be recorded whole. */
	len = strnlen((const char *)p, n);
	print_quoted(c->t, p, len < max ? len : max, len < n ? len : UINT64_MAX, c->style->hex);
}

static void put_strings(const struct print_call *c, uint64_t addr)
{
	size_t n = 0, shown = 0;
	const char *p = (const char *)print_call_memory(c, addr, D_IN, &n);
	bool first = true;

	if (!p) {
		print_pointer(c->t, addr);
		return;
	}
	print_char(c->t, '[');
	while (n && shown++ < STRINGS_SHOWN) {
		size_t len = strnlen(p, n);

		print_comma(c->t, &first);
		print_quoted(c->t, p, len < STRING_SHOWN ? len : STRING_SHOWN,
			     len == n ? UINT64_MAX : len, c->style->hex);
		if (len < n)
			len++;
		p += len;
		n -= len;
	}
	if (n)
		print_str(c->t, ", ...");
	print_char(c->t, ']');
}

/* An environment is too long for a line: only how many variables it has. */
static void put_environ(const struct print_call *c, uint64_t addr)
{
	size_t n = 0;
	unsigned vars = 0;
	const uint8_t *p = print_call_memory(c, addr, D_IN, &n);

	print_pointer(c->t, addr);
	if (!p)
		return;
	for (size_t i = 0; i < n; i++)
		vars += p[i] == 0;
	print_str(c->t, " /* ");
	print_udec(c->t, vars);
	print_str(c->t, vars == 1 ? " var */" : " vars */");
}

static void put_struct_bytes(const struct print_call *c, const struct print_struct *sp,
			     const uint8_t *p, size_t n, uint64_t count, uint32_t unit, bool array)
{
	bool first = true;
	uint64_t i;

	if (!array) {
		sp->print(c, p, n);
		return;
	}
	print_char(c->t, '[');
	for (i = 0; i < count && i < ARRAY_SHOWN && n >= sp->size; i++) {
		print_comma(c->t, &first);
		sp->print(c, p, unit < n ? unit : n);
		if (n <= unit) {
			n = 0;
			i++;
			break;
		}
		p += unit;
		n -= unit;
	}
	if (i < count)
		print_str(c->t, first ? "..." : ", ...");
	print_char(c->t, ']');
}

static bool arg_is_array(const struct sys_arg *a)
{
	return a->type == T_STRUCT && (a->len_src != LEN_FIXED || a->len_arg > 1);
}

static void put_struct(const struct print_call *c, const struct sys_arg *a, uint64_t addr)
{
	const struct print_struct *sp = print_struct_get(a->sub);
	uint64_t count = arg_is_array(a) ? arg_length(c, a) : 1;
	const uint8_t *in = NULL, *out = NULL;
	size_t nin = 0, nout = 0;
	uint32_t unit;

	if (arg_is_array(a) && count == 0 && addr) {
		print_mem(c->t, "[]", 2);
		return;
	}
	if (a->dir & D_IN)
		in = print_call_memory(c, addr, D_IN, &nin);
	if (a->dir & D_OUT)
		out = print_call_memory(c, addr, D_OUT, &nout);
	if (!sp || ((!in || nin < sp->size) && (!out || nout < sp->size)) || count > (1u << 24)) {
		print_pointer(c->t, addr);
		return;
	}
	unit = a->unit > sp->size ? a->unit : sp->size;
	/* Arrays that are read and written (pollfd) repeat in the output what was in the input. */
	if (in && out && nin >= sp->size && nout >= sp->size) {
		if (arg_is_array(a) || (nin >= unit && nout >= unit && memcmp(in, out, unit) == 0))
			in = NULL;
	}
	if (in && nin >= sp->size) {
		put_struct_bytes(c, sp, in, nin, count, unit, arg_is_array(a));
		if (out && nout >= sp->size)
			print_mem(c->t, " => ", 4);
	}
	if (out && nout >= sp->size)
		put_struct_bytes(c, sp, out, nout, count, unit, arg_is_array(a));
}

static void put_sockaddr(const struct print_call *c, const struct sys_arg *a, uint64_t addr)
{
	uint64_t len = arg_length(c, a);
	size_t n;
	const uint8_t *p = print_call_memory_any(c, addr, a->dir, &n);

	if (!p || len == UINT64_MAX || len == 0) {
		print_pointer(c->t, addr);
		return;
	}
	print_sockaddr(c, p, len < n ? len : n);
}

static void put_fdset_bytes(const struct print_call *c, const uint8_t *p, size_t n, unsigned nfds)
{
	bool first = true;

	print_char(c->t, '[');
	for (unsigned fd = 0; fd < nfds && fd / 8 < n; fd++) {
		if (!(p[fd / 8] >> fd % 8 & 1))
			continue;
		if (!first)
			print_char(c->t, ' ');
		first = false;
		print_udec(c->t, fd);
	}
	print_char(c->t, ']');
}

static void put_fdset(const struct print_call *c, uint64_t addr)
{
	size_t nin, nout;
	const uint8_t *in = print_call_memory(c, addr, D_IN, &nin),
		      *out = print_call_memory(c, addr, D_OUT, &nout);
	int nfds = c->arg[0];

	if (nfds < 0 || (!in && !out)) {
		print_pointer(c->t, addr);
		return;
	}
	if (in && out && nin >= ((unsigned)nfds + 7) / 8 && nout >= nin &&
	    memcmp(in, out, nin) == 0)
		out = NULL;
	if (in)
		put_fdset_bytes(c, in, nin, nfds);
	if (in && out)
		print_mem(c->t, " => ", 4);
	if (out)
		put_fdset_bytes(c, out, nout, nfds);
}

static uint64_t bytes_moved(const struct print_call *c, enum sys_dir dir)
{
	return dir & D_OUT && c->ev->result > 0 ? (uint64_t)c->ev->result : UINT64_MAX;
}

/* struct mmsghdr: a struct msghdr and the length of that message. */
enum { MSGHDR_SIZE = 56, MMSGHDR_SIZE = 64 };

static void put_msghdr(const struct print_call *c, const struct sys_arg *a, uint64_t addr)
{
	size_t n;
	const uint8_t *p = print_call_memory_any(c, addr, a->dir | D_INOUT, &n);

	if (!p || n < MSGHDR_SIZE)
		print_pointer(c->t, addr);
	else
		print_call_msghdr(c, p, n, a->dir, bytes_moved(c, a->dir));
}

static void put_mmsghdr(const struct print_call *c, const struct sys_arg *a, uint64_t addr)
{
	uint64_t count = c->done && c->ev->result >= 0 ? (uint64_t)c->ev->result : arg_length(c, a);
	bool first = true;

	print_char(c->t, '[');
	for (uint64_t i = 0; i < count && i < ARRAY_SHOWN; i++) {
		size_t n;
		const uint8_t *p = print_call_memory_any(c, addr + i * MMSGHDR_SIZE, D_INOUT, &n);
		uint32_t len;

		if (!p || n < MMSGHDR_SIZE)
			break;
		len = LOAD(uint32_t, p + MSGHDR_SIZE);
		print_comma(c->t, &first);
		print_str(c->t, "{msg_hdr=");
		print_call_msghdr(c, p, n, a->dir, a->dir & D_OUT ? len : UINT64_MAX);
		print_str(c->t, ", msg_len=");
		print_udec(c->t, len);
		print_char(c->t, '}');
	}
	print_char(c->t, ']');
}

static void put_buf(const struct print_call *c, const struct sys_arg *a, uint64_t addr)
{
	uint64_t len = arg_length(c, a);

	/* A string that happens to come with its length. */
	if (c->ev->sysno == SYS_getcwd && len && len != SYS_LENGTH_UNKNOWN)
		len--;
	print_call_buffer(c, addr, len, a->dir);
}

static void put_pointer(const struct print_call *c, const struct sys_arg *a, uint64_t v)
{
	switch (a->type) {
	case T_PATH: put_string(c, v, a->dir ? a->dir : D_IN, SIZE_MAX); break;
	case T_STR: put_string(c, v, a->dir ? a->dir : D_IN, STRING_SHOWN); break;
	case T_STRV:
		if (strncmp(a->name, "env", 3) == 0)
			put_environ(c, v);
		else
			put_strings(c, v);
		break;
	case T_BUF: put_buf(c, a, v); break;
	case T_STRUCT: put_struct(c, a, v); break;
	case T_SOCKADDR: put_sockaddr(c, a, v); break;
	case T_IOVEC:
		print_call_iovec(c, v, arg_length(c, a), a->dir, bytes_moved(c, a->dir));
		break;
	case T_MSGHDR: put_msghdr(c, a, v); break;
	case T_MMSGHDR: put_mmsghdr(c, a, v); break;
	case T_FDSET: put_fdset(c, v); break;
	default: print_pointer(c->t, v);
	}
}

/* --- all arguments --- */

/* open's mode is an argument only where a file may be made. */
static unsigned open_nargs(const struct print_call *c)
{
	for (unsigned i = 0; i < c->desc->nargs; i++) {
		const struct sys_arg *a = &c->desc->args[i];

		if (a->type == T_FLAGS && FT_open == a->sub && i + 1 < c->desc->nargs &&
		    c->desc->args[i + 1].type == T_MODE &&
		    !(c->arg[i] & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))))
			return i + 1;
	}
	return c->desc->nargs;
}

static void put_arg(const struct print_call *c, unsigned i)
{
	const struct sys_arg *a = subcode_arg(c->desc, c->code, i);
	uint64_t v = c->arg[i];

	if (print_call_irregular(c, i))
		return;
	if (a->type == T_CMD)
		print_call_code(c, i);
	else if (a->type < T_PATH)
		put_number(c, a, v);
	else if (!v)
		print_mem(c->t, "NULL", 4);
	else if (c->failed && !(a->dir & D_IN) && (a->dir & D_OUT) &&
		 (!a->always || a != &c->desc->args[i]))
		print_hex(c->t, v);
	else
		put_pointer(c, a, v);
}

static bool known_before(const struct sys_arg *a)
{
	return a->type < T_PATH || !(a->dir & D_OUT);
}

void print_call_args(struct print_call *c)
{
	unsigned n;

	if (!c->desc) {
		for (unsigned i = 0; i < 6; i++) {
			if (i)
				print_mem(c->t, ", ", 2);
			print_hex(c->t, c->arg[i]);
		}
		return;
	}
	n = print_call_nargs(c);
	if (n == c->desc->nargs)
		n = open_nargs(c);
	for (unsigned i = 0; i < n; i++) {
		if (i)
			print_mem(c->t, ", ", 2);
		if (!c->done && !known_before(&c->desc->args[i]))
			return;
		put_arg(c, i);
	}
	if (!c->done && n)
		print_char(c->t, ' ');
}
