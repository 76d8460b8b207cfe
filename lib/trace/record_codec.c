#include "trace/record_codec.h"

#include "util/alloc.h"
#include "util/size.h"

#include <stdlib.h>
#include <string.h>

enum field_type { U8, U16, U32, U64, I32, I64, REGS, TEXT, ID, BYTES };
enum field_prediction { FROM_zero, FROM_last, FROM_task, FROM_regs, FROM_after };

struct field {
	uint16_t offset;
	uint8_t type, prediction;
};

#define FIELD(record, member, type, from) {offsetof(struct record, member), type, FROM_##from},
#define EVENT_FIELD(name, member, type, from) FIELD(trace_event, member, type, from)
#define MAP_FIELD(name, member, type, from) FIELD(trace_map_record, member, type, from)
#define DATA_FIELD(name, member, type, from) FIELD(trace_data_record, member, type, from)
static const struct field event_fields[] = {TRACE_RECORD_EVENT(EVENT_FIELD)};
static const struct field map_fields[] = {TRACE_RECORD_MAP(MAP_FIELD)};
static const struct field data_fields[] = {TRACE_RECORD_DATA(DATA_FIELD)};

enum { MAX_FIELDS = 20, MAX_VARINT = 10, SLOTS = 2 * TRACE_MAX_BLOCK_TASKS };
_Static_assert(ARRAY_LEN(event_fields) <= MAX_FIELDS && ARRAY_LEN(map_fields) <= MAX_FIELDS &&
		       ARRAY_LEN(data_fields) <= MAX_FIELDS,
	       "MAX_FIELDS");
#define REGS_FROM_ZERO (1u << TRACE_NREGS)

/* The state from which a task's next event is predicted. */
struct codec_task {
	int32_t tid;
	uint64_t last[MAX_FIELDS];
	struct trace_regs regs;
};

struct codec {
	enum trace_stream stream;
	const struct field *fields;
	unsigned nfields;
	uint64_t last[MAX_FIELDS]; /* of the previous record, whatever its task */
	/* events: the tasks of this block, and a hash table of their index + 1 */
	struct codec_task *tasks;
	unsigned ntasks;
	struct codec_task *recent;
	uint16_t slots[SLOTS];
};

struct codec *codec_new(enum trace_stream stream)
{
	static const struct {
		const struct field *fields;
		unsigned n;
	} records[NSTREAMS] = {
		[STREAM_EVENTS] = {event_fields, ARRAY_LEN(event_fields)},
		[STREAM_MMAPS] = {map_fields, ARRAY_LEN(map_fields)},
		[STREAM_DATA] = {data_fields, ARRAY_LEN(data_fields)},
	};
	struct codec *c = xcalloc(1, sizeof(*c));

	c->stream = stream;
	c->fields = records[stream].fields;
	c->nfields = records[stream].n;
	if (stream == STREAM_EVENTS)
		c->tasks = xmalloc(TRACE_MAX_BLOCK_TASKS * sizeof(*c->tasks));
	return c;
}

void codec_free(struct codec *c)
{
	if (c)
		free(c->tasks);
	free(c);
}

void codec_reset(struct codec *c, uint64_t first_event)
{
	memset(c->last, 0, sizeof(c->last));
	if (c->stream == STREAM_EVENTS) {
		memset(c->slots, 0, sizeof(c->slots));
		c->ntasks = 0;
		c->recent = NULL;
	} else {
		c->last[0] = first_event;
	}
}

/* Where the task is in the table, or would be. */
static uint16_t *task_slot(struct codec *c, int32_t tid)
{
	unsigned i = ((uint32_t)tid * 2654435769u) / (UINT32_MAX / SLOTS + 1);

	while (c->slots[i] && c->tasks[c->slots[i] - 1].tid != tid)
		i = (i + 1) % SLOTS;
	return &c->slots[i];
}

bool codec_full(struct codec *c, int32_t tid)
{
	return c->ntasks == TRACE_MAX_BLOCK_TASKS && (!c->recent || c->recent->tid != tid) &&
	       !*task_slot(c, tid);
}

/* NULL: too many. */
static struct codec_task *task_get(struct codec *c, int32_t tid)
{
	if (c->recent && c->recent->tid == tid)
		return c->recent;

	uint16_t *slot = task_slot(c, tid);
	if (!*slot) {
		if (c->ntasks == TRACE_MAX_BLOCK_TASKS)
			return NULL;
		memset(&c->tasks[c->ntasks], 0, sizeof(*c->tasks));
		c->tasks[c->ntasks++].tid = tid;
		*slot = (uint16_t)c->ntasks;
	}
	c->recent = &c->tasks[*slot - 1];
	return c->recent;
}

/* --- varints ---- */

static uint8_t *varint_put(uint8_t *p, uint64_t v)
{
	for (; v > 0x7f; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

static bool varint_get(const uint8_t **p, const uint8_t *end, uint64_t *v)
{
	const uint8_t *at = *p;
	uint64_t value = 0;

	for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
		uint8_t byte = *at++;
		if (shift == 63 && byte > 1)
			return false;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*p = at;
			*v = value;
			return true;
		}
	}
	return false;
}

static uint64_t zigzag(uint64_t difference)
{
	return (difference << 1) ^ (difference >> 63 ? UINT64_MAX : 0);
}

static uint64_t unzigzag(uint64_t v)
{
	return (v >> 1) ^ (v & 1 ? UINT64_MAX : 0);
}

/* --- registers ---- */

static bool regs_zero(const struct trace_regs *r)
{
	for (unsigned i = 0; i < TRACE_NREGS; i++)
		if (r->r[i])
			return false;
	return true;
}

static uint8_t *regs_put(uint8_t *p, const struct trace_regs *r, const struct trace_regs *predicted)
{
	uint32_t mask = 0;

	if (regs_zero(r))
		return varint_put(p, REGS_FROM_ZERO);
	for (unsigned i = 0; i < TRACE_NREGS; i++)
		mask |= (uint32_t)(r->r[i] != predicted->r[i]) << i;
	p = varint_put(p, mask);
	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctz(mask);
		p = varint_put(p, zigzag(r->r[i] - predicted->r[i]));
	}
	return p;
}

static bool regs_get(const uint8_t **p, const uint8_t *end, struct trace_regs *r)
{
	uint64_t mask, v;

	if (!varint_get(p, end, &mask) || mask >= REGS_FROM_ZERO << 1)
		return false;
	if (mask & REGS_FROM_ZERO)
		memset(r, 0, sizeof(*r));
	for (mask &= REGS_FROM_ZERO - 1; mask; mask &= mask - 1) {
		if (!varint_get(p, end, &v))
			return false;
		r->r[__builtin_ctzll(mask)] += unzigzag(v);
	}
	return true;
}

/* The registers a field of kind REGS is predicted to have; the fields before it are known. */
static struct trace_regs regs_predict(const struct codec_task *task, const struct field *f,
				      const struct trace_event *ev)
{
	if (f->prediction == FROM_regs)
		return task->regs;
	struct trace_regs r = ev->regs;
	if (ev->kind == EV_SYSCALL)
		r.r[ARCH_REG_RESULT] = (uint64_t)ev->result;
	return r;
}

/* Remembers the task's registers after this event. */
static void regs_remember(struct codec_task *task, const struct trace_event *ev)
{
	task->regs = ev->kind == EV_CLONE || regs_zero(&ev->after) ? ev->regs : ev->after;
}

/* --- fields ---- */

static uint64_t field_load(const struct field *f, const void *record)
{
	const void *p = (const uint8_t *)record + f->offset;

	switch (f->type) {
	case U8: return *(const uint8_t *)p;
	case U16: return *(const uint16_t *)p;
	case U32: return *(const uint32_t *)p;
	case I32: return (uint64_t)(int64_t) * (const int32_t *)p;
	default: return *(const uint64_t *)p;
	}
}

/* False: the value has no room in the field. */
static bool field_store(const struct field *f, void *record, uint64_t v)
{
	void *p = (uint8_t *)record + f->offset;

	switch (f->type) {
	case U8: *(uint8_t *)p = (uint8_t)v; break;
	case U16: *(uint16_t *)p = (uint16_t)v; break;
	case U32: *(uint32_t *)p = (uint32_t)v; break;
	case I32: *(int32_t *)p = (int32_t)(uint32_t)v; break;
	default: *(uint64_t *)p = v; break;
	}
	return field_load(f, record) == v;
}

static const char *field_text(const struct field *f, const void *record)
{
	const char *s = *(const char *const *)((const uint8_t *)record + f->offset);

	return s ? s : "";
}

static uint64_t field_predict(const struct codec *c, const struct codec_task *task, unsigned i)
{
	switch (c->fields[i].prediction) {
	case FROM_last: return c->last[i];
	case FROM_task: return task->last[i];
	default: return 0;
	}
}

static void field_remember(struct codec *c, struct codec_task *task, unsigned i, uint64_t v)
{
	c->last[i] = v;
	if (task)
		task->last[i] = v;
}

static bool field_is_plain(const struct field *f)
{
	return f->prediction == FROM_zero && f->type <= U64;
}

/* --- records ---- */

size_t codec_bound(enum trace_stream stream, const void *record)
{
	size_t n = (1 + MAX_FIELDS) * MAX_VARINT;

	if (stream == STREAM_EVENTS)
		return n + 2 * (1 + TRACE_NREGS) * MAX_VARINT;
	if (stream == STREAM_DATA)
		return n + ((const struct trace_data_record *)record)->data.len;
	const struct trace_map *m = &((const struct trace_map_record *)record)->map;
	return n + sizeof(m->build_id) + (m->path ? strlen(m->path) : 0) +
	       (m->copy ? strlen(m->copy) : 0) + 2;
}

static bool field_differs(const struct codec *c, const struct codec_task *task, unsigned i,
			  const void *record)
{
	static const uint8_t no_id[20];
	const struct field *f = &c->fields[i];

	switch (f->type) {
	case REGS: {
		const struct trace_regs *r = (const void *)((const uint8_t *)record + f->offset);
		struct trace_regs predicted = regs_predict(task, f, record);
		return memcmp(r, &predicted, sizeof(*r)) != 0;
	}
	case TEXT: return *field_text(f, record);
	case ID: return memcmp((const uint8_t *)record + f->offset, no_id, sizeof(no_id)) != 0;
	case BYTES: return ((const struct trace_data_record *)record)->data.len != 0;
	default: return field_load(f, record) != field_predict(c, task, i);
	}
}

static uint8_t *field_put(const struct codec *c, const struct codec_task *task, unsigned i,
			  uint8_t *p, const void *record)
{
	const struct field *f = &c->fields[i];
	const uint8_t *member = (const uint8_t *)record + f->offset;

	switch (f->type) {
	case REGS: {
		struct trace_regs predicted = regs_predict(task, f, record);
		return regs_put(p, (const void *)member, &predicted);
	}
	case TEXT: return (uint8_t *)stpcpy((char *)p, field_text(f, record)) + 1;
	case ID: return mempcpy(p, member, 20);
	case BYTES: {
		const struct trace_data *d = &((const struct trace_data_record *)record)->data;
		return mempcpy(varint_put(p, d->len), d->bytes, d->len);
	}
	default: {
		uint64_t v = field_load(f, record);
		return varint_put(p, field_is_plain(f) ? v : zigzag(v - field_predict(c, task, i)));
	}
	}
}

uint8_t *codec_put(struct codec *c, uint8_t *p, const void *record)
{
	struct codec_task *task = NULL;
	uint64_t mask = 0;

	if (c->stream == STREAM_EVENTS)
		task = task_get(c, ((const struct trace_event *)record)->tid);
	for (unsigned i = 0; i < c->nfields; i++)
		mask |= (uint64_t)field_differs(c, task, i, record) << i;
	p = varint_put(p, mask);
	for (uint64_t left = mask; left; left &= left - 1)
		p = field_put(c, task, (unsigned)__builtin_ctzll(left), p, record);
	for (unsigned i = 0; i < c->nfields; i++)
		if (c->fields[i].type <= I64)
			field_remember(c, task, i, field_load(&c->fields[i], record));
	if (task)
		regs_remember(task, record);
	return p;
}

static const char *text_get(const uint8_t **p, const uint8_t *end)
{
	size_t room = (size_t)(end - *p);
	const uint8_t *nul = memchr(*p, 0, room < TRACE_MAX_TEXT ? room : TRACE_MAX_TEXT);
	const char *text = (const char *)*p;

	if (!nul)
		return NULL;
	*p = nul + 1;
	return text;
}

static bool bytes_get(const uint8_t **p, const uint8_t *end, struct trace_data *d)
{
	uint64_t len;

	if (!varint_get(p, end, &len) || len > TRACE_DATA_MAX || len > (size_t)(end - *p))
		return false;
	d->len = (uint32_t)len;
	d->bytes = *p;
	*p += len;
	return true;
}

/* Field i is in the mask. */
static bool field_get(const struct codec *c, const struct codec_task *task, unsigned i,
		      const uint8_t **p, const uint8_t *end, void *record)
{
	const struct field *f = &c->fields[i];
	uint8_t *member = (uint8_t *)record + f->offset;
	uint64_t v;

	switch (f->type) {
	case REGS: return regs_get(p, end, (void *)member);
	case TEXT: return (*(const char **)member = text_get(p, end)) != NULL;
	case ID:
		if (end - *p < 20)
			return false;
		memcpy(member, *p, 20);
		*p += 20;
		return true;
	case BYTES: return bytes_get(p, end, &((struct trace_data_record *)record)->data);
	default:
		if (!varint_get(p, end, &v))
			return false;
		return field_store(f, record,
				   field_is_plain(f) ? v : unzigzag(v) + field_predict(c, task, i));
	}
}

/* What the field is when it is not in the mask. Plain members of other types are 0 already. */
static void field_default(const struct codec *c, const struct codec_task *task, unsigned i,
			  void *record)
{
	const struct field *f = &c->fields[i];
	void *member = (uint8_t *)record + f->offset;

	if (f->type <= I64)
		field_store(f, record, field_predict(c, task, i));
	else if (f->type == REGS)
		*(struct trace_regs *)member = regs_predict(task, f, record);
	else if (f->type == TEXT)
		*(const char **)member = "";
	else if (f->type == BYTES)
		((struct trace_data_record *)record)->data.bytes = (const uint8_t *)"";
}

static void *record_clear(enum trace_stream stream, void *record)
{
	static const size_t sizes[NSTREAMS] = {[STREAM_EVENTS] = sizeof(struct trace_event),
					       [STREAM_MMAPS] = sizeof(struct trace_map_record),
					       [STREAM_DATA] = sizeof(struct trace_data_record)};

	return memset(record, 0, sizes[stream]);
}

const char *codec_get(struct codec *c, const uint8_t **p, const uint8_t *end, void *record)
{
	struct codec_task *task = NULL;
	uint64_t mask, before = c->last[0];

	record_clear(c->stream, record);
	if (!varint_get(p, end, &mask) || mask >> c->nfields)
		return "bad record";
	for (unsigned i = 0; i < c->nfields; i++) {
		field_default(c, task, i, record);
		if (mask >> i & 1 && !field_get(c, task, i, p, end, record))
			return "bad record";
		if (c->stream == STREAM_EVENTS && i == 0) {
			task = task_get(c, ((struct trace_event *)record)->tid);
			if (!task)
				return "too many tasks in a block";
		}
		if (c->fields[i].type <= I64)
			field_remember(c, task, i, field_load(&c->fields[i], record));
	}
	if (task)
		regs_remember(task, record);
	else if (c->last[0] < before)
		return "records out of order";
	return codec_check(c->stream, record);
}

#define KNOWN(name, constant) \
	case constant: return true;

static bool event_kind_known(uint8_t kind)
{
	switch (kind) {
		TRACE_EVENT_KINDS(KNOWN)
	default: return false;
	}
}

static bool data_kind_known(uint8_t kind)
{
	switch (kind) {
		TRACE_DATA_KINDS(KNOWN)
	default: return false;
	}
}

static bool backing_known(uint8_t backing)
{
	switch (backing) {
		TRACE_BACKINGS(KNOWN)
	default: return false;
	}
}

static const char *data_invalid(const struct trace_data *d)
{
	uint64_t end;

	if (!data_kind_known(d->kind))
		return "unknown kind of data";
	if (d->len > TRACE_DATA_MAX)
		return "data too long";
	if (d->kind == DATA_DEBUG && d->len != TRACE_DEBUG_REGS * sizeof(uint64_t))
		return "debug registers of another length";
	if (d->kind == DATA_ZERO ? d->len != 0 : d->fill_len != 0)
		return "data with two lengths";
	if (__builtin_add_overflow(d->addr, d->len + d->fill_len, &end))
		return "data beyond the end of memory";
	return NULL;
}

static const char *map_invalid(const struct trace_map *m)
{
	uint64_t end;

	if (!backing_known(m->backing))
		return "unknown backing of a mapping";
	if (m->start % PAGE || m->len % PAGE)
		return "mapping not of whole pages";
	if (__builtin_add_overflow(m->start, m->len, &end))
		return "mapping beyond the end of memory";
	if ((m->path && strlen(m->path) >= TRACE_MAX_TEXT) ||
	    (m->copy && strlen(m->copy) >= TRACE_MAX_TEXT))
		return "name of a mapping too long";
	return NULL;
}

const char *codec_check(enum trace_stream stream, const void *record)
{
	if (stream == STREAM_DATA)
		return data_invalid(&((const struct trace_data_record *)record)->data);
	if (stream == STREAM_MMAPS)
		return map_invalid(&((const struct trace_map_record *)record)->map);
	return event_kind_known(((const struct trace_event *)record)->kind)
		       ? NULL
		       : "unknown kind of event";
}
