/* A damaged or hostile trace never makes a reader crash, hang or allocate without bound. For libFuzzer, and with a
 * main of its own that tries a fixed number of mutations:
 *	trace_fuzz [SEED [COUNT]]
 *
 * An input is a kind byte, the lengths of the files (and counts of records), and the files. With an odd kind the
 * streams are raw payloads, which get right headers and checksums here, as does args_env: a hostile trace has them. */
#include "trace_sample.h"

#include <signal.h>
#include <sys/resource.h>

#include "trace/block.h"

#define NFILES 5
static const char *const files[NFILES] = {"args_env", "version", "events", "mmaps", "data"};
static char *dir;

static void dir_remove(void)
{
	remove_all(dir);
}

/* Made by a writer: what inputs that are only payloads find around them. */
static void dir_make(void)
{
	const char *shm = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL;

	if (shm)
		setenv("TMPDIR", shm, 0);
	dir = temporary_dir();
	sample_write(dir, 60, 20, true);
	atexit(dir_remove);
}

static uint32_t u32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A stream of one block with this payload. */
static void stream_put(enum trace_stream id, const uint8_t *raw, size_t len, uint32_t count)
{
	z_stream z = {0};
	uint8_t *block = xmalloc(block_bound(len));
	struct block_header h = {.stream = (uint8_t)id, .count = count, .first_event = 1, .raw_len = (uint32_t)len};

	h.data_end = id == STREAM_DATA ? count : 0;
	h.mmaps_end = id == STREAM_MMAPS ? count : 0;
	deflateInit(&z, 1);
	file_put(dir, trace_stream_names[id], block, block_pack(&z, &h, raw, block));
	deflateEnd(&z);
	free(block);
}

/* Everything a reader can do. */
static void trace_use(void)
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
	trace_check(r);
	trace_reader_close(r);
}

/* With the checksum of what it says. */
static void args_env_put(const uint8_t *text, size_t len)
{
	char *fixed = xmalloc(len + 20);
	size_t covered = len < 15 ? len : len - 15;

	memcpy(fixed, text, covered);
	int n = sprintf(fixed + covered, "crc32=%08x", (unsigned)crc32(0, text, (uInt)covered));
	file_put(dir, "args_env", fixed, covered + (size_t)n + 1);
	free(fixed);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static const enum trace_stream ids[NFILES] = {[2] = STREAM_EVENTS, [3] = STREAM_MMAPS, [4] = STREAM_DATA};
	const uint8_t *lengths = input + 1, *p = input + 1 + 4 * NFILES;
	char *version;

	if (!dir)
		dir_make();
	if (size < 1 + 4 * NFILES)
		return 0;
	size_t left = size - 1 - 4 * NFILES;
	for (unsigned i = 0; i < NFILES; i++) {
		size_t len = u32(lengths + 4 * i) & 0xffffff;
		uint32_t count = lengths[4 * i + 3];
		if (len > left)
			len = left;
		if (input[0] & 1 && i >= 2 && len)
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
		trace_use();
	unlink(version);
	trace_use();
	free(version);
	return 0;
}

#ifndef LIBFUZZER
/* The inputs that mutations begin with: a trace of three blocks a stream, and the payloads of one of one block. */
static uint8_t *input_make(bool raw, size_t *size)
{
	uint8_t *input = xcalloc(1, 1 << 20), *p = input + 1 + 4 * NFILES;

	sample_write(dir, 60, raw ? 60 : 20, true);
	input[0] = raw;
	for (unsigned i = 0; i < NFILES; i++) {
		size_t len;
		uint8_t *bytes = (uint8_t *)file_get(dir, files[i], &len), count = 0;
		uLongf room = 1 << 19;
		if (raw && i >= 2) {
			count = bytes[12]; /* in the block's header */
			uncompress(p, &room, bytes + TRACE_BLOCK_HEADER, len - TRACE_BLOCK_HEADER);
			len = room;
		} else {
			memcpy(p, bytes, len);
		}
		input[1 + 4 * i] = (uint8_t)len;
		input[2 + 4 * i] = (uint8_t)(len >> 8);
		input[3 + 4 * i] = (uint8_t)(len >> 16);
		input[4 + 4 * i] = count;
		p += len;
		free(bytes);
	}
	*size = (size_t)(p - input);
	return input;
}

static void input_mutate(uint8_t *input, size_t size, uint64_t *random)
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
		case 3: memmove(input + at, input + other, at + len < size && other + len < size ? len : 0); break;
		case 4: input[1 + at % (4 * NFILES)] = (uint8_t)choice; break;
		default: input[at] = (uint8_t)(choice >> 40); break;
		}
	}
}

int main(int argc, char **argv)
{
	uint64_t random = argc > 1 ? strtoull(argv[1], NULL, 0) | 1 : 1;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 4000;
	size_t sizes[2];
	uint8_t *inputs[2];

	alarm(600); /* a reader that hangs has failed */
	dir_make();
	for (unsigned raw = 0; raw < 2; raw++)
		inputs[raw] = input_make(raw, &sizes[raw]);
	uint8_t *input = xmalloc(1 << 20);
	for (unsigned long i = 0; i < count; i++) {
		unsigned raw = i % 4 != 0;
		memcpy(input, inputs[raw], sizes[raw]);
		input_mutate(input, sizes[raw], &random);
		LLVMFuzzerTestOneInput(input, sizes[raw]);
	}
	printf("ok trace: %lu mutations\n", count);
	free(input);
	free(inputs[0]);
	free(inputs[1]);
	return 0;
}
#endif
