/* A packed trace as a pax archive. The same trace makes the same bytes: the machine's clock, users
 * and the holes that its file system happens to make have no part in it. */
#include "pack/transform.h"
#include "trace/error.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/procfd.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* The modification time of everything in an archive, as times of files are no part of a trace:
 * 2000-01-01, since some programs warn of times that are older than they are. */
#define MTIME 946684800
#define BLOCK (256 << 10)

struct output {
	const char *name; /* for messages */
	int fd;
	char *temporary; /* is renamed to `name` once complete; NULL: `name` is written to */
};

struct packing {
	struct archive *a;
	struct output out;
	bool over;        /* writing has ended */
	const char *top;  /* the directory in the archive */
	int made[NPARTS]; /* temporary files with rewritten parts; -1: none */
};

static int fail(const struct packing *p)
{
	/* libarchive's texts do not name the file, and end with the text of the errno. */
	const char *text = archive_errno(p->a) > 0 ? strerror(archive_errno(p->a))
						   : archive_error_string(p->a);

	return trace_fail("%s: %s", p->out.name, text ? text : "cannot be written");
}

/* --- the output file --- */

/* A file without a name, in the directory where `name` will be, so that a killed program leaves
 * nothing; on file systems without such files, one with the temporary name. */
static int file_begin(const struct output *out, const char *name)
{
	char *copy = xstrdup(name);
	int fd = open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	free(copy);
	return fd >= 0 ? fd : open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

/* Gives it its name, in place of what was there. */
static int file_done(const struct output *out)
{
	if (linkat(AT_FDCWD, proc_fd(0, out->fd).path, AT_FDCWD, out->temporary,
		   AT_SYMLINK_FOLLOW) &&
	    errno != EEXIST)
		return -1;
	return rename(out->temporary, out->name);
}

/* Pipes, tapes and the like are written to directly. */
static int output_begin(struct output *out, const char *name)
{
	struct stat st;
	uint32_t random;

	*out = (struct output){.name = strcmp(name, "-") ? name : "stdout", .fd = STDOUT_FILENO};
	if (strcmp(name, "-") == 0)
		return isatty(STDOUT_FILENO) ? trace_fail("-o -: standard output is a terminal")
					     : 0;
	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return trace_fail("%s: is a directory; traces go there with --into", name);
	bool plain = lstat(name, &st) || S_ISREG(st.st_mode);
	if (plain && getrandom(&random, sizeof(random), 0) == sizeof(random))
		out->temporary = xasprintf("%s.%08x", name, random);
	out->fd = out->temporary ? file_begin(out, name)
				 : open(name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (out->fd >= 0)
		return 0;
	free(out->temporary);
	out->temporary = NULL;
	return trace_fail("%s: %s", name, strerror(errno));
}

static int output_end(struct output *out, int rc)
{
	if (out->temporary && !rc && file_done(out))
		rc = trace_fail("%s: %s", out->name, strerror(errno));
	if (out->fd != STDOUT_FILENO && out->fd >= 0 && close(out->fd) && !rc)
		rc = trace_fail("%s: %s", out->name, strerror(errno));
	if (out->temporary && rc)
		unlink(out->temporary);
	free(out->temporary);
	return rc;
}

/* --- entries --- */

static struct archive_entry *entry(const struct packing *p, const char *name, unsigned type,
				   unsigned mode, uint64_t size)
{
	struct archive_entry *e = archive_entry_new();
	char *path = xasprintf("%s/%s", p->top, name);

	if (!e)
		trace_fail("no memory");
	else {
		archive_entry_set_pathname(e, path);
		archive_entry_set_filetype(e, type);
		archive_entry_set_perm(e, mode);
		archive_entry_set_size(e, (la_int64_t)size);
		archive_entry_set_mtime(e, MTIME, 0);
	}
	free(path);
	return e;
}

static int dir_put(const struct packing *p, const char *name)
{
	struct archive_entry *e = entry(p, name, AE_IFDIR, 0700, 0);
	int rc = !e || archive_write_header(p->a, e) == ARCHIVE_OK ? (e ? 0 : -1) : fail(p);

	archive_entry_free(e);
	return rc;
}

struct filling {
	const struct packing *p;
	uint64_t at;
};

static int write_data(const struct packing *p, const uint8_t *bytes, size_t n)
{
	while (n) {
		la_ssize_t put = archive_write_data(p->a, bytes, n);
		if (put <= 0)
			return fail(p);
		bytes += put;
		n -= (size_t)put;
	}
	return 0;
}

static int zeroes_to(struct filling *f, uint64_t to)
{
	static const uint8_t zero[1 << 20];

	while (f->at < to) {
		size_t n = to - f->at < sizeof(zero) ? to - f->at : sizeof(zero);
		if (write_data(f->p, zero, n))
			return -1;
		f->at += n;
	}
	return 0;
}

static int piece_put(void *ctx, uint64_t at, const uint8_t *bytes, size_t n)
{
	struct filling *f = ctx;

	if (zeroes_to(f, at) || write_data(f->p, bytes, n))
		return 1;
	f->at += n;
	return 0;
}

/* where: what is not holes; NULL: everything. libarchive skips the holes in the bytes it gets. */
static int file_put(const struct packing *p, const char *name, int fd, uint64_t size,
		    const struct extents *where)
{
	struct archive_entry *e = entry(p, name, AE_IFREG, 0600, size);
	struct filling f = {p, 0};

	if (!e)
		return -1;
	for (size_t i = 0; where && i < where->n; i++) {
		uint64_t from = where->v[i].from,
			 to = where->v[i].to < size ? where->v[i].to : size;
		archive_entry_sparse_add_entry(e, (la_int64_t)from, (la_int64_t)(to - from));
	}
	if (where && !where->n && size) /* no extent would mean no holes */
		archive_entry_sparse_add_entry(e, 0, size < 512 ? (la_int64_t)size : 512);
	int rc = archive_write_header(p->a, e) == ARCHIVE_OK ? 0 : fail(p);
	if (!rc) {
		rc = content_walk(fd, size, piece_put, &f);
		if (rc < 0)
			rc = trace_fail("%s: cannot be read: %s", name, strerror(errno));
		else if (rc == 0)
			rc = zeroes_to(&f, size);
	}
	if (!rc && archive_write_finish_entry(p->a) != ARCHIVE_OK)
		rc = fail(p);
	archive_entry_free(e);
	return rc ? -1 : 0;
}

/* --- the trace --- */

static int items_put(struct transform *tr, struct packing *p)
{
	size_t n;
	const struct item **v = pack_plan_sorted(&tr->plan, &n);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		int fd = pack_item_open(&tr->plan, v[i]);
		char *name = xasprintf("files/%s", v[i]->name);
		rc = fd < 0 ? -1 : file_put(p, name, fd, v[i]->size, &v[i]->where);
		free(name);
		if (fd >= 0)
			close(fd);
	}
	free(v);
	return rc;
}

/* A temporary file without a name: the part may be larger than memory. */
static int part_begin(void *ctx, const char *name)
{
	struct packing *p = ctx;
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		char *path = xasprintf("%s/rr-pack-XXXXXX", dir && *dir ? dir : P_tmpdir);
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			unlink(path);
		free(path);
	}
	if (fd < 0)
		return trace_fail("%s: %s", dir && *dir ? dir : P_tmpdir, strerror(errno));
	for (unsigned i = 0; i < NPARTS; i++)
		if (strcmp(trace_part_names[i], name) == 0)
			p->made[i] = fd;
	return fd;
}

static int version_put(const struct packing *p, const struct trace_version *v)
{
	char line[VERSION_MAX];
	size_t len = (size_t)version_format(v, line);
	struct archive_entry *e = entry(p, "version", AE_IFREG, 0600, len);
	int rc = e ? 0 : -1;

	if (!rc && archive_write_header(p->a, e) != ARCHIVE_OK)
		rc = fail(p);
	if (!rc)
		rc = write_data(p, (const uint8_t *)line, len);
	archive_entry_free(e);
	return rc;
}

/* In the order in which a recorder writes: an archive that is cut off early has no trace in it,
 * later an incomplete one. */
static int all_put(struct transform *tr, struct packing *p)
{
	struct trace_part parts[NPARTS];
	struct trace_version v;
	int versioned = pack_transform_rewrite(tr, part_begin, p, parts, &v);

	if (versioned < 0 || dir_put(p, "") || dir_put(p, "files") || items_put(tr, p))
		return -1;
	for (unsigned i = 0; i < NPARTS; i++)
		if (file_put(p, trace_part_names[i], parts[i].fd, parts[i].size, NULL))
			return -1;
	return versioned && version_put(p, &v) ? -1 : 0;
}

static la_ssize_t bytes_put(struct archive *a, void *ctx, const void *bytes, size_t n)
{
	const struct packing *p = ctx;

	if (p->over || !write_all(p->out.fd, bytes, n))
		return (la_ssize_t)n;
	archive_set_error(a, errno, "cannot be written");
	return -1;
}

int pack_to_archive(struct transform *tr)
{
	struct packing p = {.a = archive_write_new()};
	char top[256];
	int rc = p.a ? 0 : trace_fail("no memory");

	if (!rc && !(p.top = pack_transform_name(tr, top)))
		rc = -1;
	for (unsigned i = 0; i < NPARTS; i++)
		p.made[i] = -1;
	if (!rc)
		rc = output_begin(&p.out, tr->o->output);
	if (!rc) {
		archive_write_set_format_pax_restricted(p.a);
		archive_write_set_bytes_per_block(p.a, BLOCK);
		archive_write_set_bytes_in_last_block(p.a, 1);
		rc = archive_write_open(p.a, &p, NULL, bytes_put, NULL) == ARCHIVE_OK
			     ? all_put(tr, &p)
			     : fail(&p);
		if (!rc && archive_write_close(p.a) != ARCHIVE_OK)
			rc = fail(&p);
		rc = output_end(&p.out, rc);
	}
	p.over = true;
	if (p.a)
		archive_write_close(
			p.a); /* frees what archive_write_free() does not after an error */
	archive_write_free(p.a);
	for (unsigned i = 0; i < NPARTS; i++)
		if (p.made[i] >= 0)
			close(p.made[i]);
	return rc;
}
