/* Small untrusted texts: args_env, version, and the lists in rr-dump's options.
 *
 * An input is a kind byte and the text. With a kind of 8 or more, args_env and version get the
 * right checksum.
 */
#include "fuzz.h"
#include "output.h"
#include "print/print.h"
#include "trace/meta.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/deflate.h"

enum { ARGS_ENV, VERSION, RANGES, TIDS, KINDS, CALLS, KINDS_OF_TEXT };

static FILE *out;

/* What was read, written and read once more must be the same. */
static void meta_again(const struct trace_meta *m, const char *uuid)
{
	struct trace_meta again;
	char uuid_again[UUID_LEN + 1];
	size_t n;
	char *text = meta_format(m, uuid, &n), *text_again;

	if (!text || meta_parse(text, n, &again, uuid_again) || strcmp(uuid, uuid_again))
		abort();
	size_t n_again;
	text_again = meta_format(&again, uuid_again, &n_again);
	if (n != n_again || memcmp(text, text_again, n))
		abort();
	free(text);
	free(text_again);
	trace_meta_free(&again);
}

static void meta_use(const char *text, size_t n, bool json)
{
	const struct print_style style = {.json = json};
	struct trace_meta m;
	char uuid[UUID_LEN + 1];

	if (!meta_parse(text, n, &m, uuid)) {
		print_args(out, &m, &style);
		meta_again(&m, uuid);
	}
	trace_meta_free(&m);
	fflush(out);
}

/* The text and its checksum, malloc'd, and NUL-terminated as for readers. */
static char *sealed(uint8_t kind, const uint8_t *text, size_t *n)
{
	char *fixed = xmalloc(*n + 32);

	memcpy(fixed, text, *n);
	if (kind & 8) {
		uint32_t crc = crc32_add(0, text, *n);
		int more = kind % 8 % 2 == ARGS_ENV ? sprintf(fixed + *n, "crc32=%08x", crc) + 1
						    : sprintf(fixed + *n, " crc32=%08x\n", crc);
		*n += (size_t)more;
	}
	fixed[*n] = 0;
	return xrealloc(fixed, *n + 1);
}

static void lists_use(unsigned kind, const char *text)
{
	static const char *(*const adds[])(struct print_select * s,
					   const char *list) = {[RANGES] = print_select_ranges,
								[TIDS] = print_select_tids,
								[KINDS] = print_select_kinds,
								[CALLS] = print_select_calls};
	struct print_select s = {0};

	const char *wrong = adds[kind](&s, text);
	wrong = wrong ? wrong : adds[kind](&s, text);
	for (size_t i = 0; i < s.nranges && !wrong; i++)
		if (s.ranges[i].first > s.ranges[i].last ||
		    (i && s.ranges[i].first <= s.ranges[i - 1].last))
			abort();
	print_select_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct trace_version version;

	if (!out)
		out = output_open();
	if (size < 1)
		return 0;
	size_t n = size - 1;
	unsigned kind = input[0] % 8 % KINDS_OF_TEXT;
	bool list = kind >= RANGES;
	char *text = sealed(list ? 0 : input[0], input + 1, &n);
	if (kind == ARGS_ENV)
		meta_use(text, n, input[0] & 16);
	else if (kind == VERSION)
		version_parse(text, n, &version);
	else
		lists_use(kind, text);
	free(text);
	return 0;
}

static void text_put(fuzz_put *put, uint8_t kind, const char *text, size_t n)
{
	uint8_t *input = xmalloc(n + 1);

	*input = kind;
	memcpy(input + 1, text, n);
	put(input, n + 1);
	free(input);
}

static void seeds(fuzz_put *put)
{
	static const char *const lists[] = {
		[RANGES] = "1,5-,-3,7-9,18446744073709551615",
		[TIDS] = "1,2,4711",
		[KINDS] = "syscall,enter,clone,signal,insn,exit,checksum,switch",
		[CALLS] = "read,write,openat,execve"};
	struct trace_meta meta = sample_meta();
	struct trace_version v = {.uuid = "01234567-89ab-cdef-0123-456789abcdef",
				  .events = 60,
				  .sizes = {1, 2, 3},
				  .crcs = {4, 5}};
	char line[VERSION_MAX];
	size_t n;
	char *text = meta_format(&meta, v.uuid, &n);

	text_put(put, ARGS_ENV, text, n);
	text_put(put, ARGS_ENV | 8, text, n - sizeof("crc32=xxxxxxxx"));
	n = (size_t)version_format(&v, line);
	text_put(put, VERSION, line, n);
	text_put(put, VERSION | 8, line, n - (sizeof(" crc32=xxxxxxxx\n") - 1));
	for (uint8_t kind = RANGES; kind < KINDS_OF_TEXT; kind++)
		text_put(put, kind, lists[kind], strlen(lists[kind]));
	free(text);
}

static void mutate(uint8_t *input, size_t size, uint64_t *random)
{
	static const char characters[] = "0129-,:=. \n\377x";

	for (uint64_t n = random_next(random) % 6; n < 6; n++) {
		uint64_t choice = random_next(random);
		size_t at = (choice >> 8) % size, other = (choice >> 32) % size;
		switch (choice % 3) {
		case 0: input[at] = (uint8_t)characters[(choice >> 2) % sizeof(characters)]; break;
		case 1: input[at] = input[other]; break;
		default: input[at] = (uint8_t)(choice >> 40); break;
		}
	}
}

const struct fuzzer fuzzer = {"text", 40000, seeds, NULL, mutate};
