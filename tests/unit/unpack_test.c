/* Untrusted archives: each is refused with a reason, and nothing of it is left. */
#include "pack/pack.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/size.h"

#include <archive.h>
#include <archive_entry.h>

#define WHY trace_strerror()
#include "check.h"

static char *top, *in, *trace; /* top: for all tests; in: where archives are unpacked */

#define DECLARED (1 << 20)

struct made {
	const char *name;
	unsigned type;    /* AE_IF*; 0: a file */
	int64_t size;     /* bytes of zeroes; if more than DECLARED, only the header has it */
	const char *link; /* hard link, or symbolic with that type */
};

static void entry_put(struct archive *a, const struct made *m, const void *bytes, size_t n)
{
	static const char zeroes[DECLARED];
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, m->name);
	archive_entry_set_filetype(e, m->type ? m->type : AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, bytes ? (int64_t)n : m->size <= DECLARED ? m->size : 0);
	if (m->link && m->type == AE_IFLNK)
		archive_entry_set_symlink(e, m->link);
	else if (m->link)
		archive_entry_set_hardlink(e, m->link);
	if (archive_write_header(a, e) != ARCHIVE_OK)
		errx(2, "%s: %s", m->name, archive_error_string(a));
	if (bytes)
		archive_write_data(a, bytes, n);
	else if (m->size <= DECLARED)
		archive_write_data(a, zeroes, (size_t)m->size);
	archive_entry_free(e);
}

static struct archive *archive_begin(const char *path)
{
	struct archive *a = archive_write_new();

	archive_write_set_format_pax_restricted(a);
	if (archive_write_open_filename(a, path) != ARCHIVE_OK)
		errx(2, "%s: %s", path, archive_error_string(a));
	return a;
}

/* Sets the size in the last header of this name: at 124, in octal or, from 8 GiB on, in binary
 * after a byte 0x80. Its checksum is at 148, the sum of all bytes with itself as spaces (pax(1);
 * GNU tar's manual, Basic Tar Format). */
static void size_declare(const char *archive, const char *name, int64_t size)
{
	size_t n;
	char *bytes = file_get(top, archive, &n);
	uint8_t *header = NULL;
	unsigned sum = 0;

	for (size_t i = 0; i + 512 <= n; i += 512)
		if (strcmp(bytes + i, name) == 0)
			header = (uint8_t *)bytes + i;
	if (!header)
		errx(2, "%s: not in %s", name, archive);
	memset(header + 124, 0, 12);
	header[124] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		header[135 - i] = (uint8_t)((uint64_t)size >> (8 * i));
	memset(header + 148, ' ', 8);
	for (unsigned i = 0; i < 512; i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
	file_put(top, archive, bytes, n);
	free(bytes);
}

static void trace_put(struct archive *a, const char *dir)
{
	static const char *const names[] = {"args_env", "events", "mmaps", "data", "version"};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		size_t n;
		char *bytes = file_get(dir, names[i], &n), *name = xasprintf("t/%s", names[i]);
		entry_put(a, &(struct made){.name = name}, bytes, n);
		free(name);
		free(bytes);
	}
}

static const struct unpack_limits limits = {4 << 20, 20};

/* Entries after a whole trace, and why they are refused. */
static const struct {
	struct made made[2];
	const char *why;
} hostile[] = {
	{{{"/etc/x", 0, 1, NULL}}, "absolute path"},
	{{{"//etc/x", 0, 1, NULL}}, "absolute path"},
	{{{"../x", 0, 1, NULL}}, "not in the one directory"},
	{{{"..", AE_IFDIR, 0, NULL}}, "not in the one directory"},
	{{{".", 0, 1, NULL}}, "not in the one directory"},
	{{{"", 0, 1, NULL}}, "not in the one directory"},
	{{{"t/..", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/../x", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/files/../x", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/files/../../../x", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/files/.", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/files//x", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/./events", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/files", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/events/x", 0, 1, NULL}}, "not a file of a trace"},
	{{{"t/x", AE_IFDIR, 0, NULL}}, "not a directory of a trace"},
	{{{"t/files/x", AE_IFDIR, 0, NULL}}, "not a directory of a trace"},
	{{{"t/files/x", AE_IFLNK, 0, "/etc"}}, "a link"},
	{{{"t/files", AE_IFLNK, 0, ".."}, {"t/files/x", 0, 1, NULL}}, "a link"},
	{{{"t/files/x", 0, 0, "t/events"}}, "a link"},
	{{{"t/files/x", 0, 0, "/etc/passwd"}}, "a link"},
	{{{"t/files/x", AE_IFCHR, 0, NULL}}, "not a file"},
	{{{"t/files/x", AE_IFBLK, 0, NULL}}, "not a file"},
	{{{"t/files/x", AE_IFIFO, 0, NULL}}, "not a file"},
	{{{"t/events", 0, 1, NULL}}, "is in it twice"},
	{{{"./t/version", 0, 1, NULL}}, "is in it twice"},
	{{{"t/files/x", 0, 1, NULL}, {"t/files/x", 0, 1, NULL}}, "is in it twice"},
	{{{"t/files/x", 0, 5 << 20, NULL}}, "max-size"},
	{{{"t/files/x", 0, INT64_MAX / 2, NULL}}, "max-size"},
	{{{"t/files/x", 0, INT64_MAX, NULL}}, "overflow"},
};

static void hostile_archives_are_refused(void)
{
	char *path = xasprintf("%s/hostile.tar", top), *new = xasprintf("%s/new", in);

	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		struct archive *a = archive_begin(path);
		trace_put(a, trace);
		for (unsigned k = 0; k < 2 && hostile[i].made[k].name; k++)
			entry_put(a, &hostile[i].made[k], NULL, 0);
		archive_write_free(a);
		if (hostile[i].made[0].size > DECLARED)
			size_declare("hostile.tar", hostile[i].made[0].name,
				     hostile[i].made[0].size);
		bool refused = pack_unpack(path, new, &limits) == -1 &&
			       strstr(trace_strerror(), hostile[i].why) &&
			       strlen(trace_strerror()) < 500;
		if (!refused)
			printf("# %s, for '%s'\n", hostile[i].made[0].name, hostile[i].why);
		CHECK(refused && entries_of(in) == 0);
	}
	free(path);
	free(new);
}

static void a_good_archive_is_taken_once(void)
{
	char *path = xasprintf("%s/good.tar", top), *new = xasprintf("%s/new", in);
	struct archive *a = archive_begin(path);

	trace_put(a, trace);
	entry_put(a, &(struct made){"t/files/x", 0, 1000, NULL}, NULL, 0);
	archive_write_free(a);
	CHECK(pack_unpack(path, new, &limits) == 0 && entries_of(in) == 1);
	struct trace_reader *r = trace_open(new, false);
	CHECK(r && trace_reader_complete(r) && trace_check(r, false) == 0);
	if (r)
		trace_reader_close(r);
	CHECK(pack_unpack(path, new, &limits) == -1 && strstr(trace_strerror(), "exists") &&
	      entries_of(in) == 1);
	remove_all(new);
	const struct unpack_limits few = {4 << 20, 5}, small = {2000, 20};
	CHECK(pack_unpack(path, new, &few) == -1 && strstr(trace_strerror(), "max-files") &&
	      entries_of(in) == 0);
	CHECK(pack_unpack(path, new, &small) == -1 && strstr(trace_strerror(), "max-size") &&
	      entries_of(in) == 0);
	free(path);
	free(new);
}

/* Cut at every block of 512 bytes and around it. */
static void every_truncation_is_refused(void)
{
	char *path = xasprintf("%s/whole.tar", top), *new = xasprintf("%s/new", in),
	     *cut = xasprintf("%s/cut.tar", top);
	struct archive *a = archive_begin(path);
	size_t n;

	trace_put(a, trace);
	archive_write_free(a);
	char *bytes = file_get(top, "whole.tar", &n);
	while (n && !bytes[n - 1]) /* the archive ends with more zeroes than necessary */
		n--;
	for (size_t i = 0; i < n; i += i % 512 == 1 ? 510 : 1) {
		file_put(top, "cut.tar", bytes, i);
		CHECK(pack_unpack(cut, new, &limits) == -1 && entries_of(in) == 0);
	}
	free(bytes);
	free(path);
	free(new);
	free(cut);
}

static const struct test tests[] = {
	{"hostile archives are refused", hostile_archives_are_refused},
	{"a good archive is taken, once", a_good_archive_is_taken_once},
	{"every truncation is refused", every_truncation_is_refused},
};

int main(void)
{
	top = temporary_dir();
	in = xasprintf("%s/in", top);
	trace = xasprintf("%s/t", top);
	mkdir(in, 0700);
	sample_write(trace, 30, 10, true);
	int status = tests_run("unpack", tests, ARRAY_LEN(tests));
	remove_all(top);
	free(trace);
	free(in);
	free(top);
	return status;
}
