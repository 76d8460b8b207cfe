/* The main() of a fuzzing target without libFuzzer.
 *
 * X_fuzz [SEED [COUNT]]: runs the kept inputs, then COUNT mutations.
 *
 * X_fuzz [-v] PATH...: runs these inputs: files, directories of files, archives X.tar.xz. -v:
 * prints the name of each before it runs.
 *
 * X_fuzz -w DIR [FILE | TRACE]...: writes the inputs with which fuzzing begins, also from these.
 *
 * Kept inputs are in tests/fuzz/corpus/X.tar.xz, which libFuzzer found (each covers code that no
 * other does), and in tests/fuzz/crashes/X, which once made the target fail. To be run in the
 * Makefile's directory.
 */
#include "fuzz.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/file_io.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>

struct input {
	uint8_t *bytes;
	size_t n;
};

static struct input *seeds;
static size_t nseeds, nrun;
static bool verbose;

static void seed_keep(const uint8_t *input, size_t n)
{
	if (n > FUZZ_INPUT_MAX)
		return;
	seeds = xrealloc(seeds, (nseeds + 1) * sizeof(*seeds));
	seeds[nseeds] = (struct input){xmalloc(n + 1), n};
	memcpy(seeds[nseeds++].bytes, input, n);
}

static void input_run(const char *name, const uint8_t *bytes, size_t n)
{
	/* A copy of exactly its length, so that a sanitizer sees a read past its end. */
	uint8_t *copy = xmalloc(n ? n : 1);

	if (verbose)
		fprintf(stderr, "%s\n", name);
	memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	nrun++;
}

static void archive_run(const char *path)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	uint8_t *bytes = xmalloc(FUZZ_INPUT_MAX);
	int rc;

	archive_read_support_filter_xz(a);
	archive_read_support_format_tar(a);
	if (archive_read_open_filename(a, path, 1 << 16))
		errx(2, "%s", archive_error_string(a));
	while ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		ssize_t n = archive_read_data(a, bytes, FUZZ_INPUT_MAX);
		if (n < 0)
			errx(2, "%s: %s", path, archive_error_string(a));
		if (archive_entry_filetype(entry) == AE_IFREG)
			input_run(archive_entry_pathname(entry), bytes, (size_t)n);
	}
	if (rc != ARCHIVE_EOF)
		errx(2, "%s: %s", path, archive_error_string(a));
	archive_read_free(a);
	free(bytes);
}

static void path_run(const char *path)
{
	size_t len = strlen(path), n;
	DIR *d = opendir(path);

	if (!d && len > 7 && strcmp(path + len - 7, ".tar.xz") == 0) {
		archive_run(path);
		return;
	}
	for (struct dirent *e; d && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		char *inside = xasprintf("%s/%s", path, e->d_name);
		path_run(inside);
		free(inside);
	}
	if (d) {
		closedir(d);
		return;
	}
	char *bytes = file_read(path, FUZZ_INPUT_MAX, &n);
	if (!bytes)
		err(2, "%s", path);
	input_run(path, (uint8_t *)bytes, n);
	free(bytes);
}

static void kept_run(const char *format)
{
	char *path = xasprintf(format, fuzzer.name);

	if (access(path, F_OK) == 0)
		path_run(path);
	free(path);
}

static void mutations_run(uint64_t random, unsigned long count)
{
	fuzzer.seeds(seed_keep);
	for (unsigned long i = 0; i < count; i++) {
		const struct input *seed = &seeds[random_next(&random) % nseeds];
		uint8_t *copy = xmalloc(seed->n);
		memcpy(copy, seed->bytes, seed->n);
		if (i % 8)
			fuzzer.mutate(copy, seed->n, &random);
		LLVMFuzzerTestOneInput(copy, seed->n);
		free(copy);
	}
}

static void seeds_write(const char *dir, char **paths)
{
	char name[32];

	fuzzer.seeds(seed_keep);
	for (; *paths; paths++)
		if (fuzzer.seeds_from)
			fuzzer.seeds_from(*paths, seed_keep);
	mkdir(dir, 0700);
	for (size_t i = 0; i < nseeds; i++) {
		snprintf(name, sizeof(name), "seed-%zu", i);
		file_put(dir, name, seeds[i].bytes, seeds[i].n);
	}
}

int main(int argc, char **argv)
{
	/* Inputs that become files are in memory. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	if (argc > 2 && strcmp(argv[1], "-w") == 0) {
		seeds_write(argv[2], argv + 3);
		return 0;
	}
	alarm(600); /* a reader that hangs fails */
	verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	char **arg = argv + 1 + verbose;
	bool paths = *arg && !isdigit((unsigned char)**arg);
	for (; paths && *arg; arg++)
		path_run(*arg);
	if (!paths) {
		kept_run("tests/fuzz/crashes/%s");
		kept_run("tests/fuzz/corpus/%s.tar.xz");
	}
	unsigned long count = paths ? 0 : *arg && arg[1] ? strtoul(arg[1], NULL, 0) : fuzzer.count;
	if (count)
		mutations_run(*arg ? strtoull(*arg, NULL, 0) | 1 : 1, count);
	printf("ok %s: %zu kept inputs, %lu mutations\n", fuzzer.name, nrun, count);
	for (size_t i = 0; i < nseeds; i++)
		free(seeds[i].bytes);
	free(seeds);
	return 0;
}
