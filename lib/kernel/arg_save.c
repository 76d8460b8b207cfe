/* Saves the memory of a call that its row of formats/syscalls names. */
#include "kernel/handler.h"
#include "trace/error.h"
#include "util/alloc.h"
#include "util/size.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Bytes of input kept for rr-dump. */
#define IN_BUF_MAX 32
#define IN_STRUCT_MAX 1024
#define IN_STRV_MAX (64u << 10)
#define IN_IOVEC_MAX 16
#define PATH_MAX_ 4096

void kernel_call_out(struct call *c, uint64_t addr, uint64_t len)
{
	if (addr && !kernel_mm_hides(c->t->mm, addr))
		kernel_put_out(c->rec, c->t, addr, len);
}

struct kept_head {
	uint64_t addr;
	uint64_t len;
};

void kernel_call_in_bytes(struct call *c, uint64_t addr, const void *bytes, size_t len)
{
	struct kept *k = &c->in;
	struct kept_head h = {addr, len};

	if (k->len + sizeof(h) + len > k->cap) {
		k->cap = (k->len + sizeof(h) + len) * 2;
		k->bytes = xrealloc(k->bytes, k->cap);
	}
	memcpy(k->bytes + k->len, &h, sizeof(h));
	memcpy(k->bytes + k->len + sizeof(h), bytes, len);
	k->len += sizeof(h) + len;
}

void kernel_call_in(struct call *c, uint64_t addr, size_t len)
{
	uint8_t buf[IN_STRUCT_MAX];

	if (!addr || !len)
		return;
	if (len > sizeof(buf))
		len = sizeof(buf);
	ssize_t n = task_read(c->t, addr, buf, len);
	if (n > 0)
		kernel_call_in_bytes(c, addr, buf, (size_t)n);
}

void kernel_flush(struct call *c)
{
	for (size_t at = 0; at < c->in.len;) {
		struct kept_head h;
		memcpy(&h, c->in.bytes + at, sizeof(h));
		at += sizeof(h);
		kernel_put(c->rec, &(struct trace_data){.kind = DATA_IN,
							.tid = c->t->tid,
							.addr = h.addr,
							.len = (uint32_t)h.len,
							.bytes = c->in.bytes + at});
		at += h.len;
	}
	c->in.len = 0;
}

void kernel_call_free(struct call *c)
{
	free(c->in.bytes);
	c->in = (struct kept){0};
}

void kernel_call_refuse(struct call *c, int error)
{
	c->verdict = CALL_REFUSE;
	c->flags |= EVF_REFUSED;
	c->result = -error;
}

void kernel_call_set_arg(struct call *c, int i, uint64_t value)
{
	arch_set_arg(&c->t->regs, i, value);
	c->changed = true;
}

struct sys_values kernel_call_values(const struct call *c, bool returned)
{
	return (struct sys_values){.args = c->args,
				   .result = c->result,
				   .returned = returned,
				   .cap = c->cap,
				   .read = task_read_ctx,
				   .ctx = c->t};
}

/* The description of argument i: that of the call's code, if the code gives one. */
const struct sys_arg *kernel_call_arg(const struct call *c, int i)
{
	const struct sys_arg *a = subcode_arg(c->desc, c->code, (unsigned)i);

	return a->dir == D_NONE ? &c->desc->args[i] : a;
}

/* Bytes or elements of argument i; 0 if that is not known. */
static uint64_t arg_length(const struct call *c, int i, bool returned)
{
	struct sys_values v = kernel_call_values(c, returned);
	uint64_t n = systab_length(kernel_call_arg(c, i), i, &v);

	return n == SYS_LENGTH_UNKNOWN ? 0 : n;
}

static size_t read_iovec(struct call *c, uint64_t addr, uint64_t count, struct iovec *v, size_t max)
{
	if (count > max)
		count = max;
	ssize_t n = count ? task_read(c->t, addr, v, count * sizeof(*v)) : 0;
	return n > 0 ? (size_t)n / sizeof(*v) : 0;
}

static void in_iovec(struct call *c, uint64_t addr, uint64_t count, bool contents)
{
	struct iovec v[IN_IOVEC_MAX];
	size_t n = read_iovec(c, addr, count, v, IN_IOVEC_MAX);

	if (!n)
		return;
	kernel_call_in_bytes(c, addr, v, n * sizeof(*v));
	for (size_t i = 0; contents && i < n; i++)
		kernel_call_in(c, (uint64_t)v[i].iov_base,
			       v[i].iov_len < IN_BUF_MAX ? v[i].iov_len : IN_BUF_MAX);
}

static void out_iovec(struct call *c, uint64_t addr, uint64_t count, uint64_t bytes)
{
	struct iovec v[64];

	while (count && bytes) {
		size_t n = read_iovec(c, addr, count, v, ARRAY_LEN(v));
		if (!n)
			return;
		for (size_t i = 0; i < n && bytes; i++) {
			uint64_t k = v[i].iov_len < bytes ? v[i].iov_len : bytes;
			kernel_call_out(c, (uint64_t)v[i].iov_base, k);
			bytes -= k;
		}
		addr += n * sizeof(*v);
		count -= n;
	}
}

static void in_msghdr(struct call *c, uint64_t addr, bool contents)
{
	struct msghdr m;

	if (!addr || KERNEL_CALL_READ(c, addr, &m))
		return;
	kernel_call_in_bytes(c, addr, &m, sizeof(m));
	if (contents) {
		kernel_call_in(c, (uint64_t)m.msg_name, m.msg_namelen < 128 ? m.msg_namelen : 128);
		kernel_call_in(c, (uint64_t)m.msg_control,
			       m.msg_controllen < 256 ? m.msg_controllen : 256);
	}
	in_iovec(c, (uint64_t)m.msg_iov, m.msg_iovlen, contents);
}

static void out_msghdr(struct call *c, uint64_t addr, uint64_t bytes)
{
	struct msghdr m;

	if (!addr || KERNEL_CALL_READ(c, addr, &m))
		return;
	kernel_call_out(c, addr, sizeof(m));
	/* The kernel may report a longer name than fits; it has written at most a struct
	 * sockaddr_storage. */
	kernel_call_out(c, (uint64_t)m.msg_name, m.msg_namelen < 128 ? m.msg_namelen : 128);
	kernel_call_out(c, (uint64_t)m.msg_control, m.msg_controllen);
	out_iovec(c, (uint64_t)m.msg_iov, m.msg_iovlen, bytes);
}

#define MMSGHDR_SIZE 64 /* struct msghdr, then msg_len */

static void each_mmsghdr(struct call *c, uint64_t addr, uint64_t count, bool out, bool contents)
{
	for (uint64_t i = 0; i < count && i < 1024; i++, addr += MMSGHDR_SIZE) {
		uint32_t len = 0;
		if (!out) {
			in_msghdr(c, addr, contents);
			continue;
		}
		if (KERNEL_CALL_READ(c, addr + sizeof(struct msghdr), &len))
			return;
		kernel_call_out(c, addr, MMSGHDR_SIZE);
		out_msghdr(c, addr, len);
	}
}

static void in_strings(struct call *c, uint64_t vec)
{
	char *buf = xmalloc(IN_STRV_MAX + PATH_MAX_);
	size_t n = 0;
	uint64_t p;

	for (uint64_t at = vec; vec && n < IN_STRV_MAX && !KERNEL_CALL_READ(c, at, &p) && p;
	     at += 8) {
		ssize_t k = task_read_str(c->t, p, buf + n, PATH_MAX_);
		if (k < 0)
			break;
		n += (size_t)k + 1;
	}
	if (n)
		kernel_call_in_bytes(c, vec, buf, n);
	free(buf);
}

static void in_string(struct call *c, uint64_t addr)
{
	char buf[PATH_MAX_];
	ssize_t n = addr ? task_read_str(c->t, addr, buf, sizeof(buf)) : -1;

	if (n >= 0)
		kernel_call_in_bytes(c, addr, buf, (size_t)n + ((size_t)n < sizeof(buf) - 1));
}

void kernel_arg_save_in(struct call *c, int i)
{
	const struct sys_arg *a = kernel_call_arg(c, i);
	uint64_t p = c->args[i], n;

	if ((a->dir == D_NONE && a->type != T_PATH) || kernel_mm_hides(c->t->mm, p))
		return;
	n = arg_length(c, i, false);
	if (a->len_src == LEN_PTR && (a->dir & D_OUT))
		c->cap[i] = (uint32_t)(a->type == T_BUF ? n - a->sub : n);
	switch (a->type) {
	case T_IOVEC: in_iovec(c, p, n, a->dir & D_IN); return;
	case T_MSGHDR: in_msghdr(c, p, a->dir & D_IN); return;
	case T_MMSGHDR: each_mmsghdr(c, p, n, false, a->dir & D_IN); return;
	case T_PATH:
	case T_STR: in_string(c, p); return;
	case T_STRV: in_strings(c, p); return;
	default: break;
	}
	if (!(a->dir & D_IN))
		return;
	switch (a->type) {
	case T_BUF: kernel_call_in(c, p, n < IN_BUF_MAX ? n : IN_BUF_MAX); break;
	case T_STRUCT: kernel_call_in(c, p, n < IN_STRUCT_MAX ? n * a->unit : IN_STRUCT_MAX); break;
	case T_SOCKADDR: kernel_call_in(c, p, n < 128 ? n : 128); break;
	case T_FDSET: kernel_call_in(c, p, n); break;
	default: break;
	}
}

/* A call that fails with EFAULT may have written up to the page that is missing. Calls that can
 * write more than this, like read(2), return the number of bytes before the fault instead. */
#define FAULT_MAX (1u << 20)

/* Bytes or elements that the call may have written to argument i before it failed with EFAULT. */
static uint64_t fault_length(const struct call *c, int i)
{
	struct sys_values v = kernel_call_values(c, true);
	uint64_t n = systab_room(kernel_call_arg(c, i), i, &v);

	if (kernel_call_arg(c, i)->len_src != LEN_RET)
		return n == SYS_LENGTH_UNKNOWN ? 0 : n;
	return n < FAULT_MAX ? n : FAULT_MAX;
}

void kernel_arg_save_out(struct call *c, int i)
{
	const struct sys_arg *a = kernel_call_arg(c, i);
	uint64_t p = c->args[i];
	bool fault = c->result == -EFAULT;

	if (!(a->dir & D_OUT) || !p || (c->result < 0 && !a->always && !fault))
		return;
	uint64_t n = fault ? fault_length(c, i) : arg_length(c, i, true);
	uint64_t bytes = c->result > 0 ? (uint64_t)c->result : fault ? FAULT_MAX : 0;

	switch (a->type) {
	case T_BUF:
	case T_SOCKADDR:
	case T_FDSET: kernel_call_out(c, p, n); break;
	case T_STRUCT: kernel_call_out(c, p, n * a->unit); break;
	case T_IOVEC: out_iovec(c, p, n, bytes); break;
	case T_MSGHDR: out_msghdr(c, p, bytes); break;
	case T_MMSGHDR: each_mmsghdr(c, p, bytes, true, false); break;
	default: break;
	}
}
