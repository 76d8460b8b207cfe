/* What the tests of the trace floor share: temporary directories, made-up events, and reading whole
 * traces. */
#ifndef TRACE_SAMPLE_H
#define TRACE_SAMPLE_H

#include "trace/trace.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static inline void remove_all(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline char *temporary_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/rr-unit-XXXXXX", tmp ? tmp : "/tmp");

	if (!mkdtemp(dir))
		err(2, "%s", dir);
	return dir;
}

static inline void file_put(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write_all(fd, bytes, len))
		err(2, "%s", path);
	close(fd);
}

static inline char *file_get(const char *dir, const char *name, size_t *len)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	char *bytes = file_read(path, 64 << 20, len);
	if (!bytes)
		err(2, "%s", path);
	return bytes;
}

static inline unsigned entries_of(const char *dir)
{
	unsigned n = 0;
	DIR *d = opendir(dir);

	while (d && readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

/* xorshift64*, so that the numbers are the same everywhere. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717u;
}

static inline struct trace_meta sample_meta(void)
{
	static char *argv[] = {"prog", "", "two words", "a=b\nc", NULL},
		    *envp[] = {"HOME=/", "X=", NULL};
	static uint32_t leaves[3][6] = {
		{0, 0, 1, 2, 3, 4}, {UINT32_MAX, 7, 0, UINT32_MAX, 9, 1}, {1, 1, 1, 1, 1, 1}};

	return (struct trace_meta){.exe = "/bin/prog",
				   .cwd = "/tmp",
				   .argv = argv,
				   .envp = envp,
				   .kernel = "6.18.0",
				   .cpu_model = "A CPU",
				   .cpu = 1,
				   .page_size = 4096,
				   .nleaves = 3,
				   .leaves = leaves,
				   .counter = "soft"};
}

/* Event `num` of a program with two threads that make calls. Bits of a random number choose what
 * changes. */
static inline struct trace_event sample_event(uint64_t num)
{
	uint64_t random = num * 0x9e3779b97f4a7c15u + 1;
	struct trace_event ev = {
		.num = num, .time_ns = num * 7000 + random_next(&random) % 999, .ticks = num * 3};

	ev.tid = 1000 + (int)(num & 1);
	ev.kind = num % 50 == 0 ? EV_SIGNAL : EV_SYSCALL;
	ev.sysno = num % 7 == 0 ? 39 : 1;
	ev.result = (int64_t)(random_next(&random) % 100);
	for (unsigned i = 0; i < TRACE_NREGS; i++)
		ev.regs.r[i] = 0x7ffff7000000 + i * 64 + (random_next(&random) % 8 == 0 ? num : 0);
	ev.after = ev.regs;
	ev.after.r[10] = (uint64_t)ev.result;
	return ev;
}

/* Puts events 1 to `n`. Event 3k owns 2 records of data, event 5k a mapping. Flushes after every
 * `block` events. */
static inline void sample_put(struct trace_writer *w, uint64_t n, uint64_t block)
{
	for (uint64_t num = trace_events_put(w) + 1; num <= n; num++) {
		struct trace_event ev = sample_event(num);
		uint8_t bytes[64];
		memset(bytes, (int)num, sizeof(bytes));
		struct trace_data d = {.kind = DATA_OUT,
				       .tid = 1000,
				       .addr = num << 12,
				       .len = num % 64,
				       .bytes = bytes};
		struct trace_data z = {.kind = DATA_ZERO, .addr = num << 4, .fill_len = num};
		struct trace_map m = {.backing = BACKING_FILE,
				      .start = num << 20,
				      .len = 4096,
				      .prot = 5,
				      .path = "/lib/x"};
		if (num % 3 == 0 && (trace_put_data(w, &d) || trace_put_data(w, &z)))
			errx(2, "%s", trace_strerror());
		if ((num % 5 == 0 && trace_put_map(w, &m)) || trace_put_event(w, &ev) ||
		    (num % block == 0 && trace_flush(w)))
			errx(2, "%s", trace_strerror());
	}
}

static inline void sample_write(const char *dir, uint64_t n, uint64_t block, bool complete)
{
	struct trace_meta meta = sample_meta();
	struct trace_writer *w = trace_create(dir, true, &meta);

	if (!w)
		errx(2, "%s", trace_strerror());
	sample_put(w, n, block);
	if (trace_close(w, complete))
		errx(2, "%s", trace_strerror());
}

/* A digest of an event and all that it owns; *rc is -1 if its records are damaged. */
static inline uint32_t event_digest(struct trace_reader *r, const struct trace_event *ev, int *rc)
{
	uint32_t crc = crc32_add(0, (const void *)ev, sizeof(*ev));
	struct trace_data d;
	struct trace_map m;

	while ((*rc = trace_next_data(r, &d)) == 1) {
		uint64_t v[] = {d.kind, (uint64_t)d.tid, d.object, d.addr, d.fill_len, d.len};
		crc = crc32_add(crc, (const void *)v, sizeof(v));
		crc = crc32_add(crc, d.bytes, d.len);
	}
	if (*rc < 0)
		return (uint32_t)crc;
	while ((*rc = trace_next_map(r, &m)) == 1) {
		uint64_t v[] = {m.backing, (uint64_t)m.tid, m.start,  m.len, m.prot,
				m.flags,   m.offset,        m.object, m.size};
		crc = crc32_add(crc, (const void *)v, sizeof(v));
		crc = crc32_add(crc, (const void *)m.path, strlen(m.path));
		crc = crc32_add(crc, (const void *)m.copy, strlen(m.copy));
		crc = crc32_add(crc, m.build_id, sizeof(m.build_id));
	}
	return (uint32_t)crc;
}

/* Digests of the events up to the end (*rc 0) or the damage (*rc -1); returns their number, at most
 * max. */
static inline size_t trace_digests(struct trace_reader *r, uint32_t *digests, size_t max, int *rc)
{
	struct trace_event ev;
	size_t n = 0;

	while (n < max && (*rc = trace_next(r, &ev)) == 1) {
		digests[n] = event_digest(r, &ev, rc);
		if (*rc < 0)
			break;
		n++;
	}
	return n;
}

#endif
