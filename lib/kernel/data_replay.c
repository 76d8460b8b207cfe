/* Applies the records of what calls wrote. Replaying. */
#include "kernel/handler.h"
#include "tracee/breakpoints.h"
#include "util/file_io.h"
#include "util/host.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int zero_replay(struct replaying *rp, struct task *t, const struct trace_data *d)
{
	static const uint8_t zero[PAGE];

	if (d->object) {
		int fd = kernel_replay_object_fd(rp, d->object);
		if (fd < 0)
			return kernel_replay_memory_fail(rp);
		/* A fill up to UINT64_MAX sets the object's size. */
		if (d->fill_len == UINT64_MAX - d->addr)
			return ftruncate(fd, (off_t)d->addr) ? kernel_replay_memory_fail(rp) : 0;
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)d->addr,
			  (off_t)d->fill_len);
		return 0;
	}
	if (kernel_replay_touches_agent(d->addr, d->fill_len) || d->fill_len > KERNEL_RW_MAX)
		return kernel_replay_fail(
			rp, "the trace writes to the agent, or more than a call writes");
	for (uint64_t at = 0; at < d->fill_len; at += PAGE) {
		uint64_t n = d->fill_len - at < PAGE ? d->fill_len - at : PAGE;
		if (task_write(t, d->addr + at, zero, n))
			return kernel_replay_fail(rp, "memory at 0x%lx cannot be written",
						  d->addr + at);
	}
	return 0;
}

/* Memory that cannot be written was not written by the kernel either: a row may name more than the
 * call wrote. So it is enough that it holds the recorded bytes. */
static bool holds_already(struct task *t, const struct trace_data *d)
{
	uint8_t buf[TRACE_DATA_MAX];

	return d->len <= sizeof(buf) && !task_read_all(t, d->addr, buf, d->len) &&
	       !memcmp(buf, d->bytes, d->len);
}

int kernel_replay_data(struct replaying *rp, struct task *t, const struct trace_data *d)
{
	int fd;

	switch (d->kind) {
	case DATA_OUT:
		if (kernel_replay_touches_agent(d->addr, d->len))
			return kernel_replay_fail(rp, "the trace writes to the agent");
		if (task_write_program(t, d->addr, d->bytes, d->len) && !holds_already(t, d))
			return kernel_replay_fail(rp,
						  "memory at 0x%lx (%u bytes) cannot be written",
						  d->addr, d->len);
		return 0;
	case DATA_SHARED:
		fd = kernel_replay_object_fd(rp, d->object);
		if (fd < 0 || pwrite_all(fd, d->bytes, d->len, d->addr))
			return kernel_replay_memory_fail(rp);
		return 0;
	case DATA_FILL:
		for (size_t i = 0; i < rp->own->nfills; i++) {
			struct replay_fill *f = &rp->own->fills[i];
			if (d->addr < f->start || d->addr - f->start >= f->len)
				continue;
			if (pwrite_all(f->fd, d->bytes, d->len, d->addr - f->start))
				return kernel_replay_memory_fail(rp);
			return 0;
		}
		return kernel_replay_fail(
			rp, "the trace has contents for 0x%lx, where nothing is mapped", d->addr);
	case DATA_ZERO: return zero_replay(rp, t, d);
	case DATA_DEBUG: return kernel_replay_debug_registers(rp, t, d);
	case DATA_XSTATE:
		return task_set_xstate(t, d->bytes, d->len)
			       ? kernel_replay_fail(
					 rp, "this CPU does not accept the recorded register state")
			       : 0;
	default: return 0;
	}
}
