/* A damaged or hostile trace never makes a reader crash, hang or allocate without bound, and what
 * is printed of it is text.
 *
 * An input is a kind byte, a byte that says what is printed, the lengths of the files (and counts
 * of records), and the files. With an odd kind the streams are raw payloads, which get right
 * headers and checksums here, as does args_env: a hostile trace has them. The kind's other bits are
 * the style of what is printed, and whether it is packed. */
#include "fuzz.h"
#include "output.h"
#include "pack/pack.h"
#include "print/print.h"
#include "trace/block.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/size.h"

enum { NFILES = 5, HEADER = 2 + 4 * NFILES };
static const char *const files[NFILES] = {"args_env", "version", "events", "mmaps", "data"};
static char *dir;
static FILE *out;

static void dir_remove(void)
{
	remove_all(dir);
}

/* Makes the trace around inputs that are only payloads. */
static void dir_make(void)
{
	dir = temporary_dir();
	out = output_open();
	sample_write(dir, 60, 20, true);
	atexit(dir_remove);
}

static uint32_t u32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Writes a stream of one block with this payload. */
static void stream_put(enum trace_stream id, const uint8_t *raw, size_t len, uint32_t count)
{
	struct deflater *z = deflater_new(1);
	uint8_t *block = xmalloc(block_bound(len));
	struct block_header h = {
		.stream = (uint8_t)id, .count = count, .first_event = 1, .raw_len = (uint32_t)len};

	h.data_end = id == STREAM_DATA ? count : 0;
	h.mmaps_end = id == STREAM_MMAPS ? count : 0;
	file_put(dir, trace_stream_names[id], block, block_pack(z, &h, raw, block));
	deflater_free(z);
	free(block);
}

/* Chooses what rr-dump selects, by bits of `what`. */
static void selection_make(struct print_select *s, uint8_t what)
{
	static const char *const ranges[] = {"5-", "-8", "2-3,7,9-12,30-", "59"};

	if (what & 4)
		print_select_ranges(s, ranges[what & 3]);
	if (what & 8)
		print_select_kinds(s, "syscall,enter,exit,signal");
	if (what & 16)
		print_select_calls(s, "read,openat,execve,mmap,wait4");
	if (what & 32)
		print_select_tids(s, "1000,1001");
}

static void events_print(struct trace_reader *r, struct print_select *s,
			 const struct print_style *style)
{
	struct print_records recs = {.memory = style->memory};
	struct print_inputs inputs = {0};
	struct trace_event ev = {0};
	struct trace_data d;
	size_t range = 0;

	s->inputs = &inputs;
	print_header(out, style);
	while (print_select_next(s, &range, r, &ev) == 1) {
		int rc = print_records_load(&recs, r, TRACE_DATA_MAX);
		print_inputs_join(&inputs, &ev, &recs);
		print_event(out, &ev, &recs, style);
		while (rc == 0 && recs.more && style->memory && trace_next_data(r, &d) == 1)
			print_memory(out, &ev, &d, style);
		if (rc < 0)
			break;
	}
	s->inputs = NULL;
	print_inputs_free(&inputs);
	print_records_free(&recs);
}

/* Prints one of rr-dump's views. */
static void trace_print(struct trace_reader *r, uint8_t kind, uint8_t what)
{
	static int (*const views[])(FILE *, struct trace_reader *, struct print_select *,
				    const struct print_style *,
				    bool) = {print_tree, print_maps, print_summary};
	const struct print_style style = {.hex = kind & 2,
					  .regs = kind & 4,
					  .align = kind & 8,
					  .json = kind & 16,
					  .memory = kind & 32,
					  .str_max = kind & 64 ? 4 : 0};
	struct print_select s = {.follow = kind & 128};

	selection_make(&s, what);
	if (what >> 6)
		views[(what >> 6) - 1](out, r, &s, &style, true);
	else
		events_print(r, &s, &style);
	print_args(out, trace_reader_meta(r), &style);
	print_select_free(&s);
	fflush(out);
}

/* Does what rr-pack does, except --redact: address sanitizers take the text of regexec(3) for a
 * string, which it is not with REG_STARTEND. */
static void trace_pack(uint8_t what)
{
	char *archive = xasprintf("%s/archive", dir);
	const struct pack_options o = {.output = archive,
				       .last = what & 4 ? 5 : 0,
				       .compress = what & 8,
				       .level = 1,
				       .strip_env = what & 16};

	FILE *before = stderr;

	stderr = out; /* for warnx(3): messages are text, too */
	pack_print_plan(dir, &o, out);
	pack_print_sources(dir, &o, out);
	pack_trace(dir, &o);
	stderr = before;
	unlink(archive);
	free(archive);
	fflush(out);
}

/* Does everything that a reader can do. */
static void trace_use(uint8_t kind, uint8_t what)
{
	struct trace_reader *r = trace_open(dir, false);
	struct trace_event ev;
	uint32_t digests[256];
	uint64_t random = 1;
	int rc;

	if (!r)
		return;
	trace_digests(r, digests, ARRAY_LEN(digests), &rc);
	for (unsigned i = 0; i < 8; i++)
		if (trace_seek(r, random_next(&random) % 70) == 0 && trace_next(r, &ev) == 1)
			event_digest(r, &ev, &rc);
	bool quickly = trace_check(r, true) == 0;
	if (trace_check(r, false) == 0) {
		if (!quickly)
			abort();
		trace_print(r, kind, what);
	}
	trace_reader_close(r);
	/* Reads it as far as possible. */
	if ((r = trace_open(dir, false)))
		trace_print(r, kind, what);
	trace_reader_close(r);
	if (kind & 128)
		trace_pack(what);
}

/* Writes args_env with the right checksum. */
static void args_env_put(const uint8_t *text, size_t len)
{
	char *fixed = xmalloc(len + 20);
	size_t covered = len < 15 ? len : len - 15;

	memcpy(fixed, text, covered);
	int n = sprintf(fixed + covered, "crc32=%08x", crc32_add(0, text, covered));
	file_put(dir, "args_env", fixed, covered + (size_t)n + 1);
	free(fixed);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static const enum trace_stream ids[NFILES] = {
		[2] = STREAM_EVENTS, [3] = STREAM_MMAPS, [4] = STREAM_DATA};
	const uint8_t *lengths = input + 2, *p = input + HEADER;
	char *version;

	if (!dir)
		dir_make();
	if (size < HEADER)
		return 0;
	size_t left = size - HEADER;
	for (unsigned i = 0; i < NFILES; i++) {
		size_t len = u32(lengths + 4 * i) & 0xffffff;
		uint32_t count = lengths[4 * i + 3];
		if (len > left)
			len = left;
		if (input[0] & 1 && i >= 2)
			stream_put(ids[i], p, len, count ? count : 1);
		else if (input[0] & 1 && i == 0)
			args_env_put(p, len);
		else if (!(input[0] & 1))
			file_put(dir, files[i], p, len);
		p += len;
		left -= len;
	}
	/* Raw payloads are read as an incomplete trace, others as both. */
	version = xasprintf("%s/version", dir);
	if (!(input[0] & 1))
		trace_use(input[0], input[1]);
	unlink(version);
	trace_use(input[0], input[1]);
	free(version);
	return 0;
}

/* --- what mutations begin with --- */

/* Adds an input made from a trace directory. raw: its streams have one block. */
static void input_put(const char *trace, bool raw, uint8_t kind, uint8_t what, fuzz_put *put)
{
	struct inflater *z = inflater_new();
	uint8_t *input = xcalloc(1, 8 << 20), *p = input + HEADER;
	bool fits = true;

	input[0] = raw | kind;
	input[1] = what;
	for (unsigned i = 0; i < NFILES && fits; i++) {
		size_t len;
		uint8_t *bytes = (uint8_t *)file_get(trace, files[i], &len), count = 0;
		size_t room = 0;
		if (len > FUZZ_INPUT_MAX)
			len = FUZZ_INPUT_MAX;
		if (raw && i >= 2) {
			count = len ? bytes[12] : 0; /* in the block's header */
			struct block_header h;
			if (len &&
			    !block_header_parse(&h, (enum trace_stream)(NFILES - 1 - i), bytes) &&
			    h.stored_len <= len - TRACE_BLOCK_HEADER && h.raw_len <= 1 << 20 &&
			    inflater_run(z, bytes + TRACE_BLOCK_HEADER, h.stored_len, p, h.raw_len))
				room = h.raw_len;
			len = room;
		} else {
			memcpy(p, bytes, len);
		}
		uint8_t *length = input + 2 + 4 * i;
		length[0] = (uint8_t)len;
		length[1] = (uint8_t)(len >> 8);
		length[2] = (uint8_t)(len >> 16);
		length[3] = count;
		p += len;
		free(bytes);
	}
	put(input, (size_t)(p - input));
	inflater_free(z);
	free(input);
}

/* Copies at most 100 events from `first` on, with what they own up to some thousand bytes, in
 * blocks of `block` events. */
static void trace_shorten(const char *trace, const char *to, uint64_t first, uint64_t block)
{
	struct trace_reader *r = trace_open(trace, false);
	struct trace_event ev;
	struct trace_data d;
	struct trace_map m;

	if (!r)
		errx(2, "%s", trace_strerror());
	struct trace_writer *w = trace_create(to, true, trace_reader_meta(r));
	trace_seek(r, first);
	for (unsigned i = 1; i <= 100 && trace_next(r, &ev) == 1; i++) {
		while (trace_next_data(r, &d) == 1) {
			d.len = d.len > 200 ? 200 : d.len;
			trace_put_data(w, &d);
		}
		while (trace_next_map(r, &m) == 1)
			trace_put_map(w, &m);
		trace_put_event(w, &ev);
		if (i % block == 0)
			trace_flush(w);
	}
	if (trace_close(w, true))
		errx(2, "%s", trace_strerror());
	trace_reader_close(r);
}

static void seeds(fuzz_put *put)
{
	if (!dir)
		dir_make();
	/* A trace with three blocks in each stream, and the payloads of a trace with one. */
	for (unsigned view = 0; view < 4; view++) {
		sample_write(dir, 60, 20, true);
		input_put(dir, false, (uint8_t)(view << 3), (uint8_t)(view << 6), put);
		sample_write(dir, 60, 60, true);
		input_put(dir, true, (uint8_t)(view << 4), (uint8_t)(view << 6), put);
	}
}

/* Adds pieces of a trace. */
static void seeds_from(const char *trace, fuzz_put *put)
{
	uint8_t kind = 0;

	if (!dir)
		dir_make();
	for (uint64_t first = 1; first < 400; first += 100) {
		trace_shorten(trace, dir, first, 100);
		for (unsigned view = 0; view < 4; view++)
			input_put(dir, true, kind += 22, (uint8_t)(view << 6), put);
		trace_shorten(trace, dir, first, 30);
		input_put(dir, false, kind += 22, 0, put);
	}
}

static void mutate(uint8_t *input, size_t size, uint64_t *random)
{
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};

	for (uint64_t n = random_next(random) % 6; n < 6; n++) {
		uint64_t choice = random_next(random);
		size_t at = (choice >> 8) % size, other = (choice >> 32) % size;
		size_t len = (choice >> 3) % 16;
		switch (choice % 8) {
		case 0: input[at] ^= (uint8_t)(1 << (choice >> 5) % 8); break;
		case 1: input[at] = values[(choice >> 5) % ARRAY_LEN(values)]; break;
		case 2: memset(input + at, 0xff, at + len < size ? len : 0); break;
		case 3:
			memmove(input + at, input + other,
				at + len < size && other + len < size ? len : 0);
			break;
		case 4: input[at % HEADER] = (uint8_t)choice; break;
		default: input[at] = (uint8_t)(choice >> 40); break;
		}
	}
}

const struct fuzzer fuzzer = {"trace", 4000, seeds, seeds_from, mutate};
