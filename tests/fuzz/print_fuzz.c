/* Whatever events and records contain, they are printed as text. This is like trace_fuzz, but
 * without files, and so much faster.
 *
 * An input is a kind byte, two lengths, a payload of events, one of data and one of mappings. The
 * kind's bits are the style of the output.
 */
#include "arch/x86_64/regs.h"
#include "fuzz.h"
#include "output.h"
#include "print/print.h"
#include "trace/record_codec.h"
#include "trace/systab.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/size.h"

enum { HEADER = 5, RECORDS = 16 };

static FILE *out;
static struct codec *codecs[NSTREAMS];

static void begin(void)
{
	out = output_open();
	for (unsigned i = 0; i < NSTREAMS; i++)
		codecs[i] = codec_new(i);
}

/* Bytes in their own memory, so that a sanitizer sees a read past their end. */
static void *copy(const void *bytes, size_t n)
{
	uint8_t *p = xmalloc(n ? n : 1);

	return memcpy(p, bytes, n);
}

struct payload {
	const uint8_t *p, *end;
};

static void records_load(struct print_records *recs, struct payload payloads[NSTREAMS],
			 const struct trace_event *ev)
{
	struct trace_data_record d;
	struct trace_map_record m;
	struct payload *data = &payloads[STREAM_DATA], *maps = &payloads[STREAM_MMAPS];

	while (recs->ndata < ev->ndata && recs->ndata < RECORDS &&
	       !codec_get(codecs[STREAM_DATA], &data->p, data->end, &d)) {
		d.data.bytes = copy(d.data.bytes, d.data.len);
		if (d.data.kind != DATA_ZERO)
			d.data.fill_len = d.data.len;
		recs->data[recs->ndata++] = d.data;
	}
	while (recs->nmaps < ev->nmaps && recs->nmaps < RECORDS &&
	       !codec_get(codecs[STREAM_MMAPS], &maps->p, maps->end, &m)) {
		m.map.path = copy(m.map.path, strlen(m.map.path) + 1);
		m.map.copy = copy(m.map.copy, strlen(m.map.copy) + 1);
		recs->maps[recs->nmaps++] = m.map;
	}
}

static void records_free(struct print_records *recs)
{
	for (size_t i = 0; i < recs->ndata; i++)
		free((void *)recs->data[i].bytes);
	for (size_t i = 0; i < recs->nmaps; i++) {
		free((void *)recs->maps[i].path);
		free((void *)recs->maps[i].copy);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct trace_data data[RECORDS];
	struct trace_map maps[RECORDS];
	struct trace_event ev;

	if (!out)
		begin();
	if (size < HEADER)
		return 0;
	const struct print_style style = {.hex = input[0] & 2,
					  .regs = input[0] & 4,
					  .align = input[0] & 8,
					  .json = input[0] & 16,
					  .memory = input[0] & 32,
					  .str_max = input[0] & 64 ? 4 : 0};
	const uint8_t *end = input + size, *p = input + HEADER;
	size_t nevents = input[1] | (size_t)input[2] << 8, ndata = input[3] | (size_t)input[4] << 8;
	nevents = nevents > (size_t)(end - p) ? (size_t)(end - p) : nevents;
	ndata = ndata > (size_t)(end - p) - nevents ? (size_t)(end - p) - nevents : ndata;
	struct payload payloads[NSTREAMS] = {[STREAM_EVENTS] = {p, p + nevents},
					     [STREAM_DATA] = {p + nevents, p + nevents + ndata},
					     [STREAM_MMAPS] = {p + nevents + ndata, end}};
	struct payload *events = &payloads[STREAM_EVENTS];
	for (unsigned i = 0; i < NSTREAMS; i++)
		codec_reset(codecs[i], 1);
	for (uint64_t num = 1; events->p < events->end &&
			       !codec_get(codecs[STREAM_EVENTS], &events->p, events->end, &ev);
	     num++) {
		struct print_records recs = {.data = data, .maps = maps, .memory = style.memory};
		ev.num = num;
		records_load(&recs, payloads, &ev);
		print_event(out, &ev, &recs, &style);
		for (size_t i = 0; i < recs.ndata; i++)
			print_memory(out, &ev, &recs.data[i], &style);
		records_free(&recs);
	}
	fflush(out);
	return 0;
}

/* --- what mutations begin with --- */

struct buffer {
	uint8_t bytes[60000];
	size_t n;
};

static void buffer_add(struct buffer *b, enum trace_stream stream, const void *record)
{
	if (b->n + codec_bound(stream, record) <= sizeof(b->bytes))
		b->n = (size_t)(codec_put(codecs[stream], b->bytes + b->n, record) - b->bytes);
}

/* Adds the next event and what it owns. False: the end. */
static bool event_add(struct trace_reader *r, struct buffer buffers[NSTREAMS], uint64_t num)
{
	struct trace_data_record d = {.event = num};
	struct trace_map_record m = {.event = num};
	struct trace_event ev;
	uint32_t ndata = 0, nmaps = 0;

	if (trace_next(r, &ev) != 1)
		return false;
	for (; ndata < RECORDS && trace_next_data(r, &d.data) == 1; ndata++) {
		d.data.len = d.data.len > 300 ? 300 : d.data.len;
		buffer_add(&buffers[STREAM_DATA], STREAM_DATA, &d);
	}
	for (; nmaps < RECORDS && trace_next_map(r, &m.map) == 1; nmaps++)
		buffer_add(&buffers[STREAM_MMAPS], STREAM_MMAPS, &m);
	ev.ndata = ndata;
	ev.nmaps = nmaps;
	buffer_add(&buffers[STREAM_EVENTS], STREAM_EVENTS, &ev);
	return true;
}

static void buffers_clear(struct buffer *buffers)
{
	for (unsigned i = 0; i < NSTREAMS; i++) {
		buffers[i].n = 0;
		codec_reset(codecs[i], 1);
	}
}

static void buffers_put(const struct buffer *buffers, uint8_t kind, fuzz_put *put)
{
	const struct buffer *e = &buffers[STREAM_EVENTS], *d = &buffers[STREAM_DATA],
			    *m = &buffers[STREAM_MMAPS];
	uint8_t *input = xmalloc(HEADER + e->n + d->n + m->n), *p = input;

	*p++ = kind;
	*p++ = (uint8_t)e->n, *p++ = (uint8_t)(e->n >> 8);
	*p++ = (uint8_t)d->n, *p++ = (uint8_t)(d->n >> 8);
	p = mempcpy(mempcpy(mempcpy(p, e->bytes, e->n), d->bytes, d->n), m->bytes, m->n);
	put(input, (size_t)(p - input));
	free(input);
}

/* Adds a trace, with eight events in each input. */
static void seeds_from(const char *trace, fuzz_put *put)
{
	struct trace_reader *r = trace_open(trace, false);
	struct buffer *buffers = xcalloc(NSTREAMS, sizeof(*buffers));
	uint8_t kind = 0;

	if (!r)
		errx(2, "%s", trace_strerror());
	if (!out)
		begin();
	for (bool more = true; more;) {
		buffers_clear(buffers);
		for (uint64_t num = 1; num <= 8 && more; num++)
			more = event_add(r, buffers, num);
		buffers_put(buffers, kind += 22, put);
	}
	free(buffers);
	trace_reader_close(r);
}

/* Adds a call each of whose arguments is an address that was read and written. */
static void call_add(struct buffer *buffers, uint64_t num, unsigned nr)
{
	static const uint8_t arguments[] = {R_RDI, R_RSI, R_RDX, R_R10, R_R8, R_R9};
	struct trace_event ev = {
		.num = num, .kind = EV_SYSCALL, .tid = 1000, .sysno = (uint16_t)nr, .result = 8};
	uint64_t words[48];

	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		words[i] = i % 5 == 0 ? 0x1000 * (i % 6 + 1) : i % 3;
	for (unsigned i = 0; i < ARRAY_LEN(arguments); i++) {
		ev.regs.r[arguments[i]] = 0x1000 * (i + 1);
		struct trace_data_record d = {.event = num,
					      .data = {.kind = i % 2 ? DATA_IN : DATA_OUT,
						       .addr = 0x1000 * (i + 1),
						       .len = sizeof(words),
						       .bytes = (const uint8_t *)words}};
		buffer_add(&buffers[STREAM_DATA], STREAM_DATA, &d);
		d.data.kind = !d.data.kind;
		buffer_add(&buffers[STREAM_DATA], STREAM_DATA, &d);
	}
	ev.after = ev.regs;
	ev.ndata = 2 * ARRAY_LEN(arguments);
	buffer_add(&buffers[STREAM_EVENTS], STREAM_EVENTS, &ev);
}

/* Adds every call, and a trace with other kinds of event. */
static void seeds(fuzz_put *put)
{
	struct buffer *buffers = xcalloc(NSTREAMS, sizeof(*buffers));

	if (!out)
		begin();
	for (unsigned nr = 0; nr < SYSTAB_MAX;) {
		buffers_clear(buffers);
		for (uint64_t num = 1; num <= 2; num++)
			call_add(buffers, num, nr++);
		buffers_put(buffers, (uint8_t)(nr * 11), put);
	}
	free(buffers);
	seeds_from("tests/golden/trace-1", put);
}

static void mutate(uint8_t *input, size_t size, uint64_t *random)
{
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};

	for (uint64_t n = random_next(random) % 8; n < 8; n++) {
		uint64_t choice = random_next(random);
		size_t at = (choice >> 8) % size, other = (choice >> 32) % size;
		if (choice & 1)
			input[at] = choice & 2 ? values[(choice >> 2) % ARRAY_LEN(values)]
					       : (uint8_t)(choice >> 24);
		else
			input[at] = input[other];
	}
}

const struct fuzzer fuzzer = {"print", 10000, seeds, seeds_from, mutate};
