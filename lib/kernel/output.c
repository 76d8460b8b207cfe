/* The bytes that a call wrote to a standard output, read from the replayed task's memory. */
#include "kernel/handler.h"
#include "tracee/breakpoints.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/uio.h>

static int output_run(struct task *t, uint64_t addr, uint64_t n,
		      int (*put)(void *, const void *, size_t), void *ctx)
{
	uint8_t buf[TRACE_DATA_MAX];

	while (n) {
		size_t want = n < sizeof(buf) ? n : sizeof(buf);
		if (task_read_all(t, addr, buf, want))
			return -1;
		task_hide_breakpoints(t, addr, buf, want);
		if (put(ctx, buf, want))
			return -1;
		addr += want;
		n -= want;
	}
	return 0;
}

static int output_iovec(struct task *t, uint64_t addr, uint64_t count, uint64_t n,
			int (*put)(void *, const void *, size_t), void *ctx)
{
	struct iovec v;

	if (count > IOV_MAX) {
		errno = EINVAL;
		return -1;
	}
	for (; count && n; count--, addr += sizeof(v)) {
		if (task_read_all(t, addr, &v, sizeof(v)))
			return -1;
		uint64_t k = v.iov_len < n ? v.iov_len : n;
		if (output_run(t, (uint64_t)v.iov_base, k, put, ctx))
			return -1;
		n -= k;
	}
	return 0;
}

/* The call's first argument that is a buffer, a vector of buffers or a message points to the
 * bytes. */
int kernel_output(struct task *t, const struct trace_event *ev,
		  int (*put)(void *, const void *, size_t), void *ctx)
{
	const struct sys_desc *d = systab_get(ev->sysno);
	uint64_t n = ev->result > 0 ? (uint64_t)ev->result : 0, args[6];
	struct sys_values v = {.args = args, .result = ev->result, .read = task_read_ctx, .ctx = t};
	struct msghdr m;

	if (n > KERNEL_RW_MAX) {
		errno = EINVAL;
		return -1;
	}
	for (int i = 0; i < 6; i++)
		args[i] = arch_arg(&ev->regs, i);
	for (int i = 0; d && d->handler == SYSH_write && i < d->nargs; i++)
		switch (d->args[i].type) {
		case T_BUF: return output_run(t, args[i], n, put, ctx);
		case T_IOVEC:
			return output_iovec(t, args[i], systab_length(&d->args[i], i, &v), n, put,
					    ctx);
		case T_MSGHDR:
			if (task_read_all(t, args[i], &m, sizeof(m)))
				return -1;
			return output_iovec(t, (uint64_t)m.msg_iov, m.msg_iovlen, n, put, ctx);
		default: break;
		}
	return 0;
}
