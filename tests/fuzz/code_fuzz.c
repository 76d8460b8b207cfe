/* ELF files and the code files of traces: whatever is in them, the rewriter says no or makes a code
 * file that it takes itself, questions to a code file end, and so does the search for debug
 * information.
 *
 * An input is a kind byte and a file: with an even kind an ELF file, with an odd one a code file,
 * whose header gets the right checksum and length here. */
#include "fuzz.h"
#include "instrument/image.h"
#include "instrument/instrument.h"
#include "pack/debuginfo.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/size.h"

#include <sys/mman.h>

#define LO 0x555555554000ul

static int memory_file(const uint8_t *bytes, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write_all(fd, bytes, n))
		err(2, "memory file");
	return fd;
}

static int read_nothing(void *ctx, uint64_t addr, void *to, size_t n)
{
	(void)ctx;
	memset(to, (int)addr, n);
	return 0;
}

/* Asks about the addresses in the tables, and those next to them. */
static void places_ask(struct code_places *p, const struct code_image *img)
{
	uint64_t tramp = code_place_tramp(&p->v[0]), v[2];
	const uint64_t addrs[] = {
		0,
		LO,
		LO + img->h->len,
		tramp,
		tramp + img->h->tramp_len,
		UINT64_MAX,
		img->h->sites.count ? LO + img->sites[0].site : 1,
		img->h->moved.count ? LO + img->moved[img->h->moved.count - 1].from : 2,
		img->h->origins.count ? tramp + img->origins[img->h->origins.count / 2].from : 3};

	for (size_t i = 0; i < ARRAY_LEN(addrs); i++) {
		code_origin(p, addrs[i]);
		code_entries(p, addrs[i], v);
		code_at_insn(p, addrs[i]);
		code_counts(p, addrs[i]);
		code_places_overlap(p, addrs[i], PAGE);
	}
	for (uint64_t i = 0; i <= img->h->sites.count && i < 64; i++) {
		const uint64_t saved[3] = {1, 2, 3};
		const struct code_site *site;
		struct trace_regs g = {{0}};
		ARCH_PC(&g) = tramp + img->h->stop_end;
		ARCH_SYSNO(&g) = i;
		code_at_stop(p, &g, saved, read_nothing, NULL, &site);
	}
}

/* Takes ownership of the descriptor. False: it is no code file. */
static bool code_file_use(int fd)
{
	struct code_image *img = code_image_open(fd);
	struct code_places p = {0};

	if (!img)
		return false;
	code_place_add(&p, LO, img);
	places_ask(&p, img);
	code_place_add(&p, LO + PAGE, img);
	code_places_unmapped(&p, LO, img->h->len);
	places_ask(&p, img);
	free(p.v);
	code_image_close(img);
	return true;
}

static void source_count(void *ctx, const char *source)
{
	*(size_t *)ctx += strlen(source);
}

static void elf_use(int fd)
{
	struct instrument_report report = {0};
	const char *why;
	size_t sources = 0;
	int out = memfd_create("out", MFD_CLOEXEC);

	if (out < 0)
		err(2, "memory file");
	if (instrument_file(fd, out, &report, &why))
		close(out);
	else if (!code_file_use(out))
		abort();
	free(pack_debug_file(fd, "/nowhere/x", "/nowhere"));
	pack_debug_sources(fd, source_count, &sources);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	if (size < 1)
		return 0;
	size_t n = size - 1;
	uint8_t *bytes = xmalloc(size);
	memcpy(bytes, input + 1, n);
	struct code_header *h = (void *)bytes;
	bool code = input[0] & 1;
	if (code && n >= sizeof(*h)) {
		h->magic = CODE_MAGIC;
		h->version = CODE_VERSION;
		h->file_len = n;
		h->header_crc = crc32_add(0, bytes, offsetof(struct code_header, header_crc));
	}
	int fd = memory_file(bytes, n);
	free(bytes);
	if (code) {
		code_file_use(fd);
	} else {
		elf_use(fd);
		close(fd);
	}
	return 0;
}

/* --- what mutations begin with --- */

static void file_seed(int fd, bool code, fuzz_put *put)
{
	off_t n = lseek(fd, 0, SEEK_END);
	uint8_t *input = xmalloc((size_t)n + 1);

	input[0] = code;
	if (pread_all(fd, input + 1, (size_t)n, 0) == n)
		put(input, (size_t)n + 1);
	free(input);
}

/* Adds an ELF file, and the code file made from it. */
static void seeds_from(const char *path, fuzz_put *put)
{
	struct instrument_report report = {0};
	const char *why;
	int fd = open(path, O_RDONLY | O_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);

	if (fd < 0 || out < 0)
		err(2, "%s", path);
	file_seed(fd, false, put);
	if (instrument_file(fd, out, &report, &why) == 0)
		file_seed(out, true, put);
	close(fd);
	close(out);
}

/* A small static program of a trace. */
static void seeds(fuzz_put *put)
{
	DIR *d = opendir("tests/golden/trace-1/files");

	for (struct dirent *e; d && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		char *path = xasprintf("tests/golden/trace-1/files/%s", e->d_name);
		seeds_from(path, put);
		free(path);
	}
	if (d)
		closedir(d);
}

static void mutate(uint8_t *input, size_t size, uint64_t *random)
{
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff, 0xeb, 0xe9, 0xe8, 0xc3};

	for (uint64_t n = random_next(random) % 8; n < 8; n++) {
		uint64_t choice = random_next(random);
		size_t at = (choice >> 8) % size, other = (choice >> 32) % size;
		/* Headers are at the beginning. */
		if (choice & 3)
			at %= choice & 1 ? 512 : size;
		at = at < size && at ? at : size - 1;
		if (choice & 4)
			input[at] = choice & 8 ? values[(choice >> 4) % ARRAY_LEN(values)]
					       : (uint8_t)(choice >> 24);
		else
			input[at] = input[other];
	}
}

const struct fuzzer fuzzer = {"code", 1500, seeds, seeds_from, mutate};
