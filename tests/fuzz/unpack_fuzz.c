/* A hostile archive never makes the unpacker crash, hang, exceed its limits, or leave anything but
 * a whole trace.
 *
 * An input is a kind byte and an archive. With an odd kind, its headers get right checksums.
 */
#include "fuzz.h"
#include "pack/pack.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/file_io.h"

#include <sys/mman.h>

static char *top, *in, *target;

static void dir_remove(void)
{
	remove_all(top);
}

static void dir_make(void)
{
	top = temporary_dir();
	in = xasprintf("%s/in", top);
	target = xasprintf("%s/new", in);
	mkdir(in, 0700);
	atexit(dir_remove);
}

/* pax(1), ustar Interchange Format: the checksum is at 148, in octal. It is the sum of all bytes,
 * with itself as spaces. */
static void checksums_right(uint8_t *bytes, size_t n)
{
	for (; n >= 512; bytes += 512, n -= 512) {
		unsigned sum = 8 * ' ';
		if (memcmp(bytes + 257, "ustar", 5) != 0)
			continue;
		for (unsigned i = 0; i < 512; i++)
			sum += i < 148 || i >= 156 ? bytes[i] : 0;
		snprintf((char *)bytes + 148, 8, "%06o", sum & 0777777);
		bytes[155] = ' ';
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	const struct unpack_limits limits = {1 << 20, 30};
	char path[64];

	if (!top)
		dir_make();
	if (size < 1)
		return 0;
	uint8_t *bytes = xmalloc(size - 1);
	memcpy(bytes, input + 1, size - 1);
	if (input[0] & 1)
		checksums_right(bytes, size - 1);
	int fd = memfd_create("archive", MFD_CLOEXEC);
	if (fd < 0 || write_all(fd, bytes, size - 1))
		err(2, "memory file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int rc = pack_unpack(path, target, &limits);
	if (entries_of(in) != (rc == 0) || entries_of(top) != 1)
		abort();
	struct trace_reader *r = rc ? NULL : trace_open(target, false);
	if (rc == 0 && !r)
		abort();
	if (r)
		trace_reader_close(r);
	remove_all(target);
	close(fd);
	free(bytes);
	return 0;
}

/* --- what mutations begin with --- */

/* Adds the trace in `dir` as an archive. */
static void archive_put(const char *dir, fuzz_put *put)
{
	char *archive = xasprintf("%s/t.tar", top);
	const struct pack_options o = {.output = archive};
	size_t size;

	if (pack_trace(dir, &o))
		errx(2, "%s", trace_strerror());
	char *bytes = file_get(top, "t.tar", &size);
	uint8_t *input = xmalloc(size + 1);
	memcpy(input + 1, bytes, size);
	for (input[0] = 0; input[0] < 2; input[0]++)
		put(input, size + 1);
	unlink(archive);
	free(input);
	free(bytes);
	free(archive);
}

/* Adds a trace with a copy of a file that is mostly a hole, so that there are extended headers. */
static void seeds(fuzz_put *put)
{
	if (!top)
		dir_make();
	struct trace_meta meta = sample_meta();
	char *dir = xasprintf("%s/t", top), *name;
	struct trace_writer *w = trace_create(dir, false, &meta);
	struct trace_event ev = sample_event(1);

	if (!w)
		errx(2, "%s", trace_strerror());
	int fd = trace_new_file(w, "hole", &name);
	if (fd < 0 || ftruncate(fd, 500000) || pwrite(fd, "middle", 6, 200000) != 6)
		errx(2, "%s", trace_strerror());
	close(fd);
	struct trace_map m = {
		.backing = BACKING_COPY, .start = 1 << 20, .len = 4096, .path = "/x", .copy = name};
	if (trace_put_map(w, &m) || trace_put_event(w, &ev) || trace_close(w, true))
		errx(2, "%s", trace_strerror());
	archive_put(dir, put);
	remove_all(dir);
	free(name);
	free(dir);
}

static void seeds_from(const char *trace, fuzz_put *put)
{
	if (!top)
		dir_make();
	archive_put(trace, put);
}

static void mutate(uint8_t *input, size_t size, uint64_t *random)
{
	static const char characters[] = "./0123456789SLKxg \n=\377";

	for (uint64_t n = random_next(random) % 4; n < 4; n++) {
		uint64_t choice = random_next(random);
		size_t at = 1 + (choice >> 16) % (size - 1),
		       block = 512 * ((choice >> 40) % (size / 512)), len = choice >> 58;
		switch (choice % 6) {
		case 0: input[at] ^= (uint8_t)(1 << (choice >> 8) % 8); break;
		case 1: input[at] = (uint8_t)(choice >> 8); break;
		/* in a header: */
		case 2:
			input[1 + block + (choice >> 8) % 345] =
				(uint8_t)characters[(choice >> 24) % (sizeof(characters) - 1)];
			break;
		case 3:
			input[1 + block + 156] =
				(uint8_t)characters[(choice >> 24) % (sizeof(characters) - 1)];
			break;
		case 4: memmove(input + 1 + block, input + 1 + at % (size / 512) * 512, 512); break;
		default:
			memset(input + at, (uint8_t)(choice >> 8), at + len < size ? len : 0);
			break;
		}
	}
}

const struct fuzzer fuzzer = {"unpack", 2000, seeds, seeds_from, mutate};
