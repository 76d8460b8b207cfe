/* Copies of an event's records: the reader's bytes are valid only until its next call. */
#include "print/printer.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/size.h"

#include <stdlib.h>

/* Returns an offset into `heap`, which may still move; rebase() makes pointers of offsets. */
static size_t heap_put(struct print_records *recs, const void *bytes, size_t n)
{
	size_t at = recs->heap_len;

	/* Pointers are made even for an empty record, so there must be a heap. */
	uint8_t *to = ARRAY_ADD_N(recs->heap, recs->heap_len, n);
	if (n)
		memcpy(to, bytes, n);
	return at;
}

static size_t bytes_kept(const struct print_records *recs, const struct trace_data *d, size_t max)
{
	switch (d->kind) {
	case DATA_OUT:
	case DATA_IN:
	case DATA_SIGINFO: break;
	case DATA_SHARED:
	case DATA_FILL:
		if (recs->memory)
			break;
		return 0;
	default: return 0;
	}
	return d->len < max ? d->len : max;
}

static int load_data(struct print_records *recs, struct trace_reader *r, size_t max)
{
	struct trace_data d;
	int got;

	/* The longest record must fit: one that has been read cannot be put back. */
	while (recs->ndata < PRINT_RECORDS_MAX &&
	       recs->heap_len + TRACE_DATA_MAX <= PRINT_RECORDS_BYTES) {
		size_t kept;

		got = trace_next_data(r, &d);
		if (got <= 0)
			return got;
		kept = bytes_kept(recs, &d, max);
		if (d.kind != DATA_ZERO)
			d.fill_len = d.len;
		d.bytes = (const uint8_t *)heap_put(recs, d.bytes, kept);
		d.len = kept;
		*ARRAY_ADD(recs->data, recs->ndata) = d;
	}
	recs->more = true;
	return 0;
}

static int load_maps(struct print_records *recs, struct trace_reader *r)
{
	struct trace_map m;
	int got = 0;

	while (recs->nmaps < PRINT_RECORDS_MAX && (got = trace_next_map(r, &m)) == 1) {
		m.path = (const char *)heap_put(recs, m.path, strlen(m.path) + 1);
		m.copy = (const char *)heap_put(recs, m.copy, strlen(m.copy) + 1);
		*ARRAY_ADD(recs->maps, recs->nmaps) = m;
	}
	return got < 0 ? -1 : 0;
}

static void rebase(struct print_records *recs)
{
	for (size_t i = 0; i < recs->ndata; i++)
		recs->data[i].bytes = recs->heap + (uintptr_t)recs->data[i].bytes;
	for (size_t i = 0; i < recs->nmaps; i++) {
		recs->maps[i].path = (const char *)recs->heap + (uintptr_t)recs->maps[i].path;
		recs->maps[i].copy = (const char *)recs->heap + (uintptr_t)recs->maps[i].copy;
	}
}

static void unbase(struct print_records *recs)
{
	for (size_t i = 0; i < recs->ndata; i++)
		recs->data[i].bytes =
			(const uint8_t *)(uintptr_t)(recs->data[i].bytes - recs->heap);
	for (size_t i = 0; i < recs->nmaps; i++) {
		recs->maps[i].path =
			(const char *)(uintptr_t)(recs->maps[i].path - (const char *)recs->heap);
		recs->maps[i].copy =
			(const char *)(uintptr_t)(recs->maps[i].copy - (const char *)recs->heap);
	}
}

int print_records_load(struct print_records *recs, struct trace_reader *r,
		       size_t max_bytes_per_record)
{
	int err;

	recs->ndata = recs->nmaps = recs->heap_len = 0;
	recs->more = false;
	err = load_data(recs, r, max_bytes_per_record);
	if (load_maps(recs, r) < 0)
		err = -1;
	rebase(recs);
	return err;
}

void print_records_free(struct print_records *recs)
{
	free(recs->data);
	free(recs->maps);
	free(recs->heap);
	*recs = (struct print_records){0};
}

/* --- inputs of calls that wait --- */

/* Bytes kept of one call's in-parameters and of all calls together; tasks they are kept of. */
enum { INPUT_MAX = 64 << 10, INPUTS_MAX = 64 << 20, INPUT_TASKS_MAX = 1 << 16 };

struct print_input {
	RB_ENTRY(print_input) link;
	int32_t tid;
	struct print_records recs;
};

static int tid_compare(const struct print_input *a, const struct print_input *b)
{
	return a->tid < b->tid ? -1 : a->tid > b->tid;
}
RB_GENERATE_INTERNAL(print_inputs_by_tid, print_input, link, tid_compare,
		     __attribute__((unused)) static)

static struct print_input *input_find(struct print_inputs *in, int32_t tid)
{
	struct print_input key = {.tid = tid};

	return RB_FIND(print_inputs_by_tid, &in->by_tid, &key);
}

static size_t input_size(const struct print_records *recs)
{
	return recs->heap_len + recs->ndata * sizeof(*recs->data);
}

static void input_free(struct print_inputs *in, struct print_input *task)
{
	in->bytes -= input_size(&task->recs);
	in->n--;
	RB_REMOVE(print_inputs_by_tid, &in->by_tid, task);
	print_records_free(&task->recs);
	free(task);
}

/* NULL: too many. */
static struct print_input *input_new(struct print_inputs *in, int32_t tid)
{
	struct print_input *task = input_find(in, tid);

	if (task)
		input_free(in, task);
	if (in->n == INPUT_TASKS_MAX)
		return NULL;
	task = xcalloc(1, sizeof(*task));
	task->tid = tid;
	RB_INSERT(print_inputs_by_tid, &in->by_tid, task);
	in->n++;
	return task;
}

/* Copies the inputs among one event's records to the end of another's. */
static void inputs_add(struct print_records *to, const struct print_records *from, size_t max)
{
	unbase(to);
	for (size_t i = 0; i < from->ndata; i++) {
		struct trace_data d = from->data[i];

		if (d.kind != DATA_IN || to->heap_len + d.len > max ||
		    to->ndata >= PRINT_RECORDS_MAX)
			continue;
		d.bytes = (const uint8_t *)heap_put(to, d.bytes, d.len);
		*ARRAY_ADD(to->data, to->ndata) = d;
	}
	rebase(to);
}

void print_inputs_join(struct print_inputs *in, const struct trace_event *ev,
		       struct print_records *recs)
{
	if (!ev->tid)
		return;
	if (ev->kind == EV_ENTER) {
		struct print_input *task = input_new(in, ev->tid);

		if (task && in->bytes < INPUTS_MAX)
			inputs_add(&task->recs, recs, INPUT_MAX);
		if (task)
			in->bytes += input_size(&task->recs);
	} else if (ev->kind == EV_EXIT || (ev->kind == EV_SYSCALL && ev->flags & EVF_RESUMED)) {
		struct print_input *task = input_find(in, ev->tid);

		if (!task)
			return;
		if (ev->kind == EV_SYSCALL)
			inputs_add(recs, &task->recs, SIZE_MAX);
		input_free(in, task);
	}
}

void print_inputs_free(struct print_inputs *in)
{
	for (struct print_input *task; (task = RB_ROOT(&in->by_tid));)
		input_free(in, task);
}
