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

void kernel_call_out(struct call *c, uint64_t addr, uint64_t len)
{
	if (addr && !kernel_mm_hides(c->t->mm, addr))
		kernel_put_out(c->rec, c->t, addr, len);
}

void kernel_call_in_bytes(struct call *c, uint64_t addr, const void *bytes, size_t len)
{
	kernel_kept_add(&c->in, 0, addr, bytes, len);
}

void kernel_flush(struct call *c)
{
	struct kept_head h;
	const uint8_t *bytes;

	for (size_t at = 0; (bytes = kernel_kept_next(&c->in, &at, &h));)
		kernel_put(c->rec, &(struct trace_data){.kind = DATA_IN,
							.tid = c->t->tid,
							.addr = h.addr,
							.len = (uint32_t)h.len,
							.bytes = bytes});
	c->in.len = 0;
}

void kernel_call_free(struct call *c)
{
	free(c->in.bytes);
	free(c->guess.bytes);
	c->in = c->guess = (struct kept){0};
	kernel_look_free(c);
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

const struct sys_arg *kernel_call_arg(const struct call *c, int i)
{
	return kernel_payload_arg(c->desc, c->code, i);
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

static void out_mmsghdrs(struct call *c, uint64_t addr, uint64_t count)
{
	for (uint64_t i = 0; i < count && i < 1024; i++, addr += MMSGHDR_SIZE) {
		uint32_t len = 0;
		if (KERNEL_CALL_READ(c, addr + sizeof(struct msghdr), &len))
			return;
		kernel_call_out(c, addr, MMSGHDR_SIZE);
		out_msghdr(c, addr, len);
	}
}

void kernel_arg_note_room(struct call *c, int i)
{
	const struct sys_arg *a = kernel_call_arg(c, i);

	if (a->len_src != LEN_PTR || !(a->dir & D_OUT) || kernel_mm_hides(c->t->mm, c->args[i]))
		return;
	uint64_t n = arg_length(c, i, false);
	c->cap[i] = (uint32_t)(a->type == T_BUF ? n - a->sub : n);
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
	case T_MMSGHDR: out_mmsghdrs(c, p, bytes); break;
	default: break;
	}
}
