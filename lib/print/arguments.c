/* The arguments of a call, as its row of the system-call table says. */
#include "print/fields.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

enum { ARRAY_SHOWN = 16, STRINGS_SHOWN = 64, STRING_SHOWN = 256 };

static int read_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	size_t n;
	const uint8_t *p = call_memory_any(ctx, addr, D_INOUT, &n);

	if (!p || n < size)
		return -1;
	memcpy(buf, p, size);
	return 0;
}

/* Bytes or elements the argument has; SYS_LENGTH_UNKNOWN if the trace does not say. The argument's
 * place matters only together with `cap`. */
static uint64_t arg_length(const struct call *c, const struct sys_arg *a)
{
	const struct sys_values v = {.args = c->arg,
				     .result = c->ev->result,
				     .returned = true,
				     .read = read_memory,
				     .ctx = (void *)c};

	return systab_length(a, 0, &v);
}

/* --- numbers
 * ------------------------------------------------------------------------------------------ */

static void put_id(struct text *t, uint32_t id)
{
	if (id == UINT32_MAX)
		text_mem(t, "-1", 2);
	else
		text_udec(t, id);
}

static void put_mode(struct text *t, uint32_t mode)
{
	const char *type = flag_name(FT_file_type, mode & S_IFMT);

	if (type && mode & S_IFMT) {
		text_str(t, type);
		text_char(t, '|');
		mode &= ~S_IFMT;
	}
	text_octal(t, mode);
}

static void put_clock(struct text *t, int32_t clock)
{
	const char *name = flag_name(FT_clockid, (uint32_t)clock);

	if (name)
		text_str(t, name);
	else
		text_dec(t, clock);
}

static void put_dirfd(struct text *t, int32_t fd)
{
	if (fd == AT_FDCWD)
		text_str(t, "AT_FDCWD");
	else
		text_dec(t, fd);
}

static void put_device(struct text *t, uint64_t dev)
{
	text_str(t, "makedev(");
	text_hex(t, major(dev));
	text_mem(t, ", ", 2);
	text_hex(t, minor(dev));
	text_char(t, ')');
}

static void put_number(const struct call *c, const struct sys_arg *a, uint64_t v)
{
	struct text *t = c->t;

	switch (a->type) {
	case T_INT:
	case T_FD:
	case T_PID: text_dec(t, (int32_t)v); break;
	case T_UINT: text_udec(t, (uint32_t)v); break;
	case T_LONG:
	case T_OFF: text_dec(t, v); break;
	case T_ULONG:
	case T_SIZE: text_udec(t, v); break;
	case T_HEX: text_hex(t, v); break;
	case T_DIRFD: put_dirfd(t, v); break;
	case T_UID:
	case T_GID: put_id(t, v); break;
	case T_SIG: text_signal(t, v); break;
	case T_MODE: put_mode(t, v); break;
	case T_DEV: put_device(t, v); break;
	case T_CLOCK: put_clock(t, v); break;
	case T_FLAGS: text_flags(t, a->sub, v); break;
	case T_ENUM: text_enum(t, a->sub, v); break;
	default: text_pointer(t, v);
	}
}

/* --- pointers
 * ----------------------------------------------------------------------------------------- */

static void put_string(const struct call *c, uint64_t addr, enum sys_dir dir, size_t max)
{
	size_t n, len;
	const uint8_t *p = call_memory_any(c, addr, dir, &n);

	if (!p) {
		text_pointer(c->t, addr);
		return;
	}
	/* One without its NUL was too long to be kept whole. */
	len = strnlen((const char *)p, n);
	text_quoted(c->t, p, len < max ? len : max, len < n ? len : UINT64_MAX, c->style->hex);
}

static void put_strings(const struct call *c, uint64_t addr)
{
	size_t n = 0, shown = 0;
	const char *p = (const char *)call_memory(c, addr, D_IN, &n);
	bool first = true;

	if (!p) {
		text_pointer(c->t, addr);
		return;
	}
	text_char(c->t, '[');
	while (n && shown++ < STRINGS_SHOWN) {
		size_t len = strnlen(p, n);

		text_comma(c->t, &first);
		text_quoted(c->t, p, len < STRING_SHOWN ? len : STRING_SHOWN,
			    len == n ? UINT64_MAX : len, c->style->hex);
		if (len < n)
			len++;
		p += len;
		n -= len;
	}
	if (n)
		text_str(c->t, ", ...");
	text_char(c->t, ']');
}

/* An environment is too long to look at in a line. */
static void put_environ(const struct call *c, uint64_t addr)
{
	size_t n = 0;
	unsigned vars = 0;
	const uint8_t *p = call_memory(c, addr, D_IN, &n);

	text_pointer(c->t, addr);
	if (!p)
		return;
	for (size_t i = 0; i < n; i++)
		vars += p[i] == 0;
	text_str(c->t, " /* ");
	text_udec(c->t, vars);
	text_str(c->t, vars == 1 ? " var */" : " vars */");
}

static void put_struct_bytes(const struct call *c, const struct struct_print *sp, const uint8_t *p,
			     size_t n, uint64_t count, uint32_t unit, bool array)
{
	bool first = true;
	uint64_t i;

	if (!array) {
		sp->print(c, p, n);
		return;
	}
	text_char(c->t, '[');
	for (i = 0; i < count && i < ARRAY_SHOWN && n >= sp->size; i++) {
		text_comma(c->t, &first);
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
		text_str(c->t, first ? "..." : ", ...");
	text_char(c->t, ']');
}

static bool arg_is_array(const struct sys_arg *a)
{
	return a->type == T_STRUCT && (a->len_src != LEN_FIXED || a->len_arg > 1);
}

static void put_struct(const struct call *c, const struct sys_arg *a, uint64_t addr)
{
	const struct struct_print *sp = struct_print_get(a->sub);
	uint64_t count = arg_is_array(a) ? arg_length(c, a) : 1;
	const uint8_t *in = NULL, *out = NULL;
	size_t nin = 0, nout = 0;
	uint32_t unit;

	if (arg_is_array(a) && count == 0 && addr) {
		text_mem(c->t, "[]", 2);
		return;
	}
	if (a->dir & D_IN)
		in = call_memory(c, addr, D_IN, &nin);
	if (a->dir & D_OUT)
		out = call_memory(c, addr, D_OUT, &nout);
	if (!sp || ((!in || nin < sp->size) && (!out || nout < sp->size)) || count > (1u << 24)) {
		text_pointer(c->t, addr);
		return;
	}
	unit = a->unit > sp->size ? a->unit : sp->size;
	/* What went in is repeated in what came back where arrays are in-and-out (pollfd). */
	if (in && out && nin >= sp->size && nout >= sp->size) {
		if (arg_is_array(a) || (nin >= unit && nout >= unit && memcmp(in, out, unit) == 0))
			in = NULL;
	}
	if (in && nin >= sp->size) {
		put_struct_bytes(c, sp, in, nin, count, unit, arg_is_array(a));
		if (out && nout >= sp->size)
			text_mem(c->t, " => ", 4);
	}
	if (out && nout >= sp->size)
		put_struct_bytes(c, sp, out, nout, count, unit, arg_is_array(a));
}

static void put_sockaddr(const struct call *c, const struct sys_arg *a, uint64_t addr)
{
	uint64_t len = arg_length(c, a);
	size_t n;
	const uint8_t *p = call_memory_any(c, addr, a->dir, &n);

	if (!p || len == UINT64_MAX || len == 0) {
		text_pointer(c->t, addr);
		return;
	}
	print_sockaddr(c, p, len < n ? len : n);
}

static void put_fdset_bytes(const struct call *c, const uint8_t *p, size_t n, unsigned nfds)
{
	bool first = true;

	text_char(c->t, '[');
	for (unsigned fd = 0; fd < nfds && fd / 8 < n; fd++) {
		if (!(p[fd / 8] >> fd % 8 & 1))
			continue;
		if (!first)
			text_char(c->t, ' ');
		first = false;
		text_udec(c->t, fd);
	}
	text_char(c->t, ']');
}

static void put_fdset(const struct call *c, uint64_t addr)
{
	size_t nin, nout;
	const uint8_t *in = call_memory(c, addr, D_IN, &nin),
		      *out = call_memory(c, addr, D_OUT, &nout);
	int nfds = c->arg[0];

	if (nfds < 0 || (!in && !out)) {
		text_pointer(c->t, addr);
		return;
	}
	if (in && out && nin >= ((unsigned)nfds + 7) / 8 && nout >= nin &&
	    memcmp(in, out, nin) == 0)
		out = NULL;
	if (in)
		put_fdset_bytes(c, in, nin, nfds);
	if (in && out)
		text_mem(c->t, " => ", 4);
	if (out)
		put_fdset_bytes(c, out, nout, nfds);
}

static uint64_t bytes_moved(const struct call *c, enum sys_dir dir)
{
	return dir & D_OUT && c->ev->result > 0 ? (uint64_t)c->ev->result : UINT64_MAX;
}

/* struct mmsghdr: a struct msghdr and the length of that message. */
enum { MSGHDR_SIZE = 56, MMSGHDR_SIZE = 64 };

static void put_msghdr(const struct call *c, const struct sys_arg *a, uint64_t addr)
{
	size_t n;
	const uint8_t *p = call_memory_any(c, addr, a->dir | D_INOUT, &n);

	if (!p || n < MSGHDR_SIZE)
		text_pointer(c->t, addr);
	else
		call_print_msghdr(c, p, n, a->dir, bytes_moved(c, a->dir));
}

static void put_mmsghdr(const struct call *c, const struct sys_arg *a, uint64_t addr)
{
	uint64_t count = c->done && c->ev->result >= 0 ? (uint64_t)c->ev->result : arg_length(c, a);
	bool first = true;

	text_char(c->t, '[');
	for (uint64_t i = 0; i < count && i < ARRAY_SHOWN; i++) {
		size_t n;
		const uint8_t *p = call_memory_any(c, addr + i * MMSGHDR_SIZE, D_INOUT, &n);
		uint32_t len;

		if (!p || n < MMSGHDR_SIZE)
			break;
		len = LOAD(uint32_t, p + MSGHDR_SIZE);
		text_comma(c->t, &first);
		text_str(c->t, "{msg_hdr=");
		call_print_msghdr(c, p, n, a->dir, a->dir & D_OUT ? len : UINT64_MAX);
		text_str(c->t, ", msg_len=");
		text_udec(c->t, len);
		text_char(c->t, '}');
	}
	text_char(c->t, ']');
}

static void put_buf(const struct call *c, const struct sys_arg *a, uint64_t addr)
{
	uint64_t len = arg_length(c, a);

	/* A string that happens to come with its length. */
	if (c->ev->sysno == SYS_getcwd && len && len != SYS_LENGTH_UNKNOWN)
		len--;
	call_print_buf(c, addr, len, a->dir);
}

static void put_pointer(const struct call *c, const struct sys_arg *a, uint64_t v)
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
		call_print_iovec(c, v, arg_length(c, a), a->dir, bytes_moved(c, a->dir));
		break;
	case T_MSGHDR: put_msghdr(c, a, v); break;
	case T_MMSGHDR: put_mmsghdr(c, a, v); break;
	case T_FDSET: put_fdset(c, v); break;
	default: text_pointer(c->t, v);
	}
}

/* --- all of them
 * -------------------------------------------------------------------------------------- */

/* open's mode is an argument only where a file may be made. */
static unsigned open_nargs(const struct call *c)
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

static void put_arg(const struct call *c, unsigned i)
{
	const struct sys_arg *a = subcode_arg(c->desc, c->code, i);
	uint64_t v = c->arg[i];

	if (call_print_irregular(c, i))
		return;
	if (a->type == T_CMD)
		call_print_code(c, i);
	else if (a->type < T_PATH)
		put_number(c, a, v);
	else if (!v)
		text_mem(c->t, "NULL", 4);
	else if (c->failed && !(a->dir & D_IN) && (a->dir & D_OUT) &&
		 (!a->always || a != &c->desc->args[i]))
		text_hex(c->t, v);
	else
		put_pointer(c, a, v);
}

static bool known_before(const struct sys_arg *a)
{
	return a->type < T_PATH || !(a->dir & D_OUT);
}

void call_print_args(struct call *c)
{
	unsigned n;

	if (!c->desc) {
		for (unsigned i = 0; i < 6; i++) {
			if (i)
				text_mem(c->t, ", ", 2);
			text_hex(c->t, c->arg[i]);
		}
		return;
	}
	n = call_nargs(c);
	if (n == c->desc->nargs)
		n = open_nargs(c);
	for (unsigned i = 0; i < n; i++) {
		if (i)
			text_mem(c->t, ", ", 2);
		if (!c->done && !known_before(&c->desc->args[i]))
			return;
		put_arg(c, i);
	}
	if (!c->done && n)
		text_char(c->t, ' ');
}
