/* Puts records into the trace. Recording. */
#include "kernel/handler.h"
#include "trace/error.h"
#include "util/exhaustion.h"

bool kernel_recording_sound(struct recording *rec)
{
	if (!rec->failed && exhaustion_text()) {
		trace_fail("%s", exhaustion_text());
		rec->failed = true;
	}
	return !rec->failed;
}

void kernel_put(struct recording *rec, const struct trace_data *d)
{
	if (kernel_recording_sound(rec) && trace_put_data(rec->w, d))
		rec->failed = true;
}

void kernel_put_map(struct recording *rec, const struct trace_map *m)
{
	if (kernel_recording_sound(rec) && trace_put_map(rec->w, m))
		rec->failed = true;
}

void kernel_put_out(struct recording *rec, struct task *t, uint64_t addr, uint64_t len)
{
	uint8_t buf[TRACE_DATA_MAX];

	while (len) {
		size_t want = len < sizeof(buf) ? len : sizeof(buf);
		ssize_t n = task_read(t, addr, buf, want);
		if (n <= 0)
			return;
		kernel_put(rec, &(struct trace_data){.kind = DATA_OUT,
						     .tid = t->tid,
						     .addr = addr,
						     .len = (uint32_t)n,
						     .bytes = buf});
		addr += (uint64_t)n;
		len -= (uint64_t)n;
		if ((size_t)n < want)
			return;
	}
}
