/* The trace floor: reading returns what was written, and damage is reported, never read as
 * something else. */
#include "trace/block.h"
#include "trace_sample.h"
#include "util/alloc.h"
#include "util/clock.h"
#include "util/deflate.h"
#include "util/size.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define WHY trace_strerror()
#include "check.h"

static char *top; /* for the directories of all tests */

static char *dir_of(const char *name)
{
	return xasprintf("%s/%s", top, name);
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static struct trace_writer *create(const char *dir)
{
	struct trace_meta meta = sample_meta();
	struct trace_writer *w = trace_create(dir, false, &meta);

	if (!w)
		errx(2, "%s", trace_strerror());
	return w;
}

static struct trace_reader *open_well(const char *dir)
{
	struct trace_reader *r = trace_open(dir, false);

	if (!r)
		errx(2, "%s", trace_strerror());
	return r;
}

/* --- round trips ---- */

static const uint64_t edges[] = {0,
				 1,
				 2,
				 0x7f,
				 0x80,
				 0x7fff,
				 0x8000,
				 INT32_MAX,
				 0x80000000,
				 UINT32_MAX,
				 INT64_MAX,
				 (uint64_t)INT64_MAX + 1,
				 UINT64_MAX - 1,
				 UINT64_MAX};

static uint64_t edge(uint64_t *random)
{
	uint64_t n = random_next(random);

	return n % 4 ? edges[(n >> 8) % ARRAY_LEN(edges)] : n;
}

static struct trace_event edge_event(uint64_t *random, const struct trace_event *before)
{
#define KIND(name, kind) kind,
	static const uint8_t kinds[] = {TRACE_EVENT_KINDS(KIND)};
#undef KIND
	/* with its padding, because events are compared as memory */
	struct trace_event ev = *before;

	ev.time_ns = edge(random);
	ev.ticks = edge(random);
	ev.tid = (int32_t)edge(random);
	ev.other = (int32_t)edge(random);
	ev.kind = kinds[random_next(random) % ARRAY_LEN(kinds)];
	ev.flags = (uint16_t)edge(random);
	ev.sysno = (uint16_t)edge(random);
	ev.result = (int64_t)edge(random);
	for (unsigned i = 0; i < TRACE_NREGS; i++) {
		ev.regs.r[i] = edge(random);
		ev.after.r[i] = edge(random);
	}
	uint64_t shape = random_next(random) % 4;
	if (shape == 0)
		memset(&ev.after, 0, sizeof(ev.after));
	if (shape == 1)
		memset(&ev.regs, 0, sizeof(ev.regs));
	if (shape == 2)
		ev.after = ev.regs;
	return ev;
}

static bool whole(struct trace_reader *r)
{
	return trace_check(r, true) == 0 && trace_check(r, false) == 0;
}

static void events_come_back(void)
{
	enum { N = 20000 };
	char *dir = dir_of("events");
	struct trace_event *put = xcalloc(N, sizeof(*put)), got;
	struct trace_writer *w = create(dir);
	uint64_t random = 1;

	for (unsigned i = 0; i < N; i++) {
		put[i] = edge_event(&random, &put[i]);
		CHECK(trace_put_event(w, &put[i]) == 0);
		CHECK(put[i].num == i + 1);
	}
	CHECK(trace_close(w, true) == 0);

	struct trace_reader *r = open_well(dir);
	CHECK(trace_reader_complete(r));
	memset(&got, 0, sizeof(got));
	for (unsigned i = 0; i < N; i++) {
		CHECK(trace_next(r, &got) == 1);
		CHECK(memcmp(&got, &put[i], sizeof(got)) == 0);
	}
	CHECK(trace_next(r, &got) == 0);
	CHECK(trace_next(r, &got) == 0);
	CHECK(whole(r));
	trace_reader_close(r);
	free(put);
	free(dir);
}

static void data_come_back(void)
{
	char *dir = dir_of("data");
	struct trace_writer *w = create(dir);
	struct trace_event ev = sample_event(1);
	struct trace_data put[64] = {{0}}, got;
	uint64_t random = 2;

	for (unsigned i = 0; i < ARRAY_LEN(put); i++) {
		put[i] = (struct trace_data){
			.kind = i % 8, .object = edge(&random), .tid = (int32_t)edge(&random)};
		put[i].addr = i % 2 ? random_next(&random) >> 1 : 0;
		if (put[i].kind == DATA_ZERO) {
			put[i].fill_len =
				i == 7 ? UINT64_MAX - put[i].addr : random_next(&random) >> 2;
		} else {
			put[i].len = i < 32 ? i * 100 : i == 33 ? TRACE_DATA_MAX : 0;
			put[i].bytes = memset(xmalloc(TRACE_DATA_MAX), (int)i, TRACE_DATA_MAX);
		}
		CHECK(trace_put_data(w, &put[i]) == 0);
	}
	CHECK(trace_put_event(w, &ev) == 0 && ev.ndata == ARRAY_LEN(put));
	CHECK(trace_close(w, true) == 0);

	struct trace_reader *r = open_well(dir);
	CHECK(trace_next(r, &ev) == 1 && ev.ndata == ARRAY_LEN(put));
	for (unsigned i = 0; i < ARRAY_LEN(put); i++) {
		CHECK(trace_next_data(r, &got) == 1);
		CHECK(got.kind == put[i].kind && got.tid == put[i].tid &&
		      got.object == put[i].object);
		CHECK(got.addr == put[i].addr && got.fill_len == put[i].fill_len &&
		      got.len == put[i].len);
		CHECK(!got.len || memcmp(got.bytes, put[i].bytes, got.len) == 0);
		free((void *)put[i].bytes);
	}
	CHECK(trace_next_data(r, &got) == 0);
	CHECK(trace_next(r, &ev) == 0 && whole(r));
	trace_reader_close(r);
	free(dir);
}

static void maps_come_back(void)
{
	char *dir = dir_of("maps"), *long_name = xcalloc(1, 65536);
	struct trace_writer *w = create(dir);
	struct trace_event ev = sample_event(1);
	struct trace_map put[60] = {{0}}, got;
	uint64_t random = 3;

	memset(long_name, 'n', 65535);
	for (unsigned i = 0; i < ARRAY_LEN(put); i++) {
		const char *names[] = {"", NULL, "/lib/libc.so.6", "\xff\n =", long_name};
		put[i] = (struct trace_map){.tid = (int32_t)edge(&random),
					    .backing = i % 5,
					    .prot = (uint32_t)edge(&random)};
		put[i].flags = (uint32_t)edge(&random);
		put[i].start = PAGE_DOWN(random_next(&random) >> 1);
		put[i].len = i == 1 ? UINT64_MAX - 4095 - put[i].start
				    : PAGE_DOWN(random_next(&random) >> 2);
		put[i].offset = edge(&random);
		put[i].object = edge(&random);
		put[i].dev = edge(&random);
		put[i].ino = edge(&random);
		put[i].size = edge(&random);
		put[i].mtime_ns = (int64_t)edge(&random);
		put[i].path = names[i % ARRAY_LEN(names)];
		put[i].copy = names[i / 5 % ARRAY_LEN(names)];
		memset(put[i].build_id, (int)i / 2, sizeof(put[i].build_id));
		CHECK(trace_put_map(w, &put[i]) == 0);
	}
	CHECK(trace_put_event(w, &ev) == 0 && ev.nmaps == ARRAY_LEN(put));
	CHECK(trace_close(w, true) == 0);

	struct trace_reader *r = open_well(dir);
	CHECK(trace_next(r, &ev) == 1 && ev.nmaps == ARRAY_LEN(put));
	for (unsigned i = 0; i < ARRAY_LEN(put); i++) {
		const struct trace_map *m = &put[i];
		CHECK(trace_next_map(r, &got) == 1);
		CHECK(got.tid == m->tid && got.backing == m->backing && got.start == m->start &&
		      got.len == m->len);
		CHECK(got.prot == m->prot && got.flags == m->flags && got.offset == m->offset);
		CHECK(got.object == m->object && got.dev == m->dev && got.ino == m->ino &&
		      got.size == m->size);
		CHECK(got.mtime_ns == m->mtime_ns && memcmp(got.build_id, m->build_id, 20) == 0);
		CHECK(same_text(got.path, m->path) && same_text(got.copy, m->copy));
	}
	CHECK(trace_next_map(r, &got) == 0);
	trace_reader_close(r);
	free(long_name);
	free(dir);
}

static void meta_comes_back(void)
{
	char *dir = dir_of("meta");
	struct trace_meta put = sample_meta();

	CHECK(trace_close(create(dir), true) == 0);
	struct trace_reader *r = open_well(dir);
	const struct trace_meta *got = trace_reader_meta(r);
	CHECK(same_text(got->exe, put.exe) && same_text(got->cwd, put.cwd) &&
	      same_text(got->kernel, put.kernel));
	CHECK(same_text(got->cpu_model, put.cpu_model) && same_text(got->counter, put.counter));
	CHECK(got->cpu == put.cpu && got->page_size == put.page_size &&
	      got->nleaves == put.nleaves);
	CHECK(memcmp(got->leaves, put.leaves, sizeof(*put.leaves) * put.nleaves) == 0);
	for (unsigned i = 0; i < 4; i++)
		CHECK(same_text(got->argv[i], put.argv[i]));
	CHECK(!got->argv[4] && same_text(got->envp[1], "X=") && !got->envp[2]);
	CHECK(strlen(trace_reader_uuid(r)) == 36);
	trace_reader_close(r);
	free(dir);
}

static void long_data_are_split(void)
{
	enum { LEN = 3 * TRACE_DATA_MAX + 5 };
	char *dir = dir_of("split");
	struct trace_writer *w = create(dir);
	struct trace_event ev = sample_event(1);
	uint8_t *bytes = xmalloc(LEN);
	struct trace_data d = {.kind = DATA_OUT, .addr = 0x1000, .len = LEN, .bytes = bytes};
	uint32_t seen = 0;

	for (unsigned i = 0; i < LEN; i++)
		bytes[i] = (uint8_t)(i * 7 >> 3);
	CHECK(trace_put_data(w, &d) == 0);
	CHECK(trace_put_event(w, &ev) == 0 && ev.ndata == 4);
	CHECK(trace_close(w, true) == 0);

	struct trace_reader *r = open_well(dir);
	CHECK(trace_next(r, &ev) == 1);
	for (; trace_next_data(r, &d) == 1; seen += d.len)
		CHECK(d.addr == 0x1000 + seen && memcmp(d.bytes, bytes + seen, d.len) == 0);
	CHECK(seen == LEN);
	trace_reader_close(r);
	free(bytes);
	free(dir);
}

/* More data at once than can be compressed in time. */
static void bursts_come_back(void)
{
	enum { N = 48, LEN = 1 << 20 };
	char *dir = dir_of("burst");
	struct trace_writer *w = create(dir);
	uint8_t *bytes = xmalloc(LEN);
	uint64_t random = 5;
	struct trace_event ev;
	struct trace_data d;
	uint32_t put[N];

	for (unsigned i = 0; i < N; i++) {
		for (unsigned at = 0; at < LEN; at += 8) {
			uint64_t word = at % 16 ? i : random_next(&random);
			memcpy(bytes + at, &word, 8);
		}
		put[i] = crc32_add(0, bytes, LEN);
		ev = sample_event(i + 1);
		d = (struct trace_data){
			.kind = DATA_OUT, .addr = 0x1000, .len = LEN, .bytes = bytes};
		CHECK(trace_put_data(w, &d) == 0);
		CHECK(trace_put_event(w, &ev) == 0);
	}
	CHECK(trace_close(w, true) == 0);

	struct trace_reader *r = open_well(dir);
	for (unsigned i = 0; i < N; i++) {
		uint32_t got = 0;
		CHECK(trace_next(r, &ev) == 1);
		while (trace_next_data(r, &d) == 1)
			got = crc32_add(got, d.bytes, d.len);
		CHECK(got == put[i]);
	}
	CHECK(trace_next(r, &ev) == 0 && whole(r));
	trace_reader_close(r);
	free(bytes);
	free(dir);
}

static void wrong_records_are_refused(void)
{
	char *dir = dir_of("wrong");
	struct trace_writer *w = create(dir);
	struct trace_event ev = {.kind = EV_PTRACE_STOP + 1};
	struct trace_map odd = {.start = 1}, high = {.start = UINT64_MAX - 4095, .len = 8192};
	struct trace_data two = {.kind = DATA_OUT, .fill_len = 1},
			  end = {.addr = UINT64_MAX, .len = 2, .bytes = (const uint8_t *)"ab"};

	CHECK(trace_put_event(w, &ev) == -1 && strstr(trace_strerror(), "kind"));
	CHECK(trace_put_map(w, &odd) == -1 && trace_put_map(w, &high) == -1);
	CHECK(trace_put_data(w, &two) == -1 && trace_put_data(w, &end) == -1);
	ev = sample_event(1);
	CHECK(trace_put_event(w, &ev) == 0 && ev.num == 1 && ev.ndata == 0 && ev.nmaps == 0);
	CHECK(trace_close(w, true) == 0);
	free(dir);
}

/* --- seeking ---- */

static void seek_reaches_every_event(void)
{
	enum { N = 3000 };
	char *dir = dir_of("seek");
	uint32_t *want = xcalloc(N + 1, sizeof(*want));
	struct trace_event ev;
	uint64_t random = 4;
	int rc;

	sample_write(dir, N, 97, true);
	struct trace_reader *r = open_well(dir);
	memset(&ev, 0, sizeof(ev));
	CHECK(trace_digests(r, want, N + 1, &rc) == N && rc == 0);
	for (uint64_t i = 1; i <= 3 * N; i++) {
		uint64_t num = i <= N       ? i
			       : i <= 2 * N ? 2 * N + 1 - i
					    : 1 + random_next(&random) % N;
		CHECK(trace_seek(r, num) == 0);
		CHECK(trace_next(r, &ev) == 1 && ev.num == num);
		/* Sometimes do not read its records. */
		CHECK(i % 3 == 1 || (event_digest(r, &ev, &rc) == want[num - 1] && rc == 0));
	}
	CHECK(trace_seek(r, N + 1) == 0 && trace_next(r, &ev) == 0);
	CHECK(trace_seek(r, UINT64_MAX) == 0 && trace_next(r, &ev) == 0);
	CHECK(trace_seek(r, 5) == 0 && trace_next(r, &ev) == 1 && ev.num == 5);
	CHECK(trace_seek(r, 0) == 0 && trace_next(r, &ev) == 1 && ev.num == 1);
	trace_reader_close(r);
	free(want);
	free(dir);
}

static void many_tasks_and_blocks(void)
{
	enum { N = 200000 };
	char *dir = dir_of("tasks");
	struct trace_writer *w = create(dir);
	struct trace_event ev;
	uint64_t n = 0;

	for (uint64_t i = 1; i <= N; i++) {
		ev = sample_event(i);
		ev.tid = (int)(i * 7919 % 3000);
		CHECK(trace_put_event(w, &ev) == 0);
	}
	CHECK(trace_close(w, true) == 0);
	struct trace_reader *r = open_well(dir);
	while (trace_next(r, &ev) == 1) {
		struct trace_event want = sample_event(++n);
		CHECK(ev.tid == (int)(n * 7919 % 3000) &&
		      memcmp(&ev.regs, &want.regs, sizeof(want.regs)) == 0);
	}
	CHECK(n == N && whole(r));
	trace_reader_close(r);
	free(dir);
}

/* --- recordings that end badly, or have not ended ---- */

static void killed_writer_leaves_a_prefix(void)
{
	char *dir = dir_of("killed");
	int pipes[2], rc;
	uint32_t digests[200];

	if (pipe(pipes))
		err(2, "pipe");
	pid_t pid = fork();
	if (pid == 0) {
		struct trace_writer *w = create(dir);
		sample_put(w, 100, 100);
		if (write(pipes[1], "", 1) != 1)
			_exit(2);
		pause();
	}
	char c;
	CHECK(read(pipes[0], &c, 1) == 1);
	struct trace_reader *r = open_well(dir);
	CHECK(trace_reader_live(r));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(trace_digests(r, digests, 200, &rc) == 100 && rc == 0);
	CHECK(!trace_reader_complete(r) && !trace_reader_live(r));
	CHECK(whole(r));
	trace_reader_close(r);
	close(pipes[0]);
	close(pipes[1]);
	free(dir);
}

static void killed_at_any_time_leaves_a_prefix(void)
{
	char *dir = dir_of("killed-any"), *events = xasprintf("%s/events", dir);

	for (long round = 0; round < 8; round++) {
		pid_t pid = fork();
		if (pid == 0) {
			sample_write(dir, UINT64_MAX, round % 2 ? UINT64_MAX : 701, false);
			_exit(2);
		}
		struct stat st;
		while (stat(events, &st) || st.st_size < round * 20000 + 1)
			sched_yield();
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);

		struct trace_reader *r = open_well(dir);
		struct trace_event ev, want;
		uint64_t n = 0;
		int rc;
		while ((rc = trace_next(r, &ev)) == 1) {
			want = sample_event(++n);
			CHECK(ev.num == n && memcmp(&ev.regs, &want.regs, sizeof(ev.regs)) == 0);
			CHECK(ev.ndata == (n % 3 ? 0 : 2) && ev.nmaps == (n % 5 ? 0 : 1));
		}
		CHECK(rc == 0 && whole(r));
		/* If blocks are long, even its first block may be incomplete. */
		CHECK(n > 0 || round % 2 || round == 0);
		trace_reader_close(r);
		remove_all(dir);
	}
	free(events);
	free(dir);
}

static void idle_writer_reaches_a_follower(void)
{
	char *dir = dir_of("follow");
	struct trace_writer *w = create(dir);
	struct trace_reader *r = trace_open(dir, true);
	struct trace_event ev = sample_event(1);
	uint64_t deadline = clock_now_ns() + 15000000000u;
	int rc;

	CHECK(trace_next(r, &ev) == 0 && !trace_reader_complete(r));
	ev = sample_event(1);
	CHECK(trace_put_event(w, &ev) == 0);
	while ((rc = trace_next(r, &ev)) == 0 && clock_now_ns() < deadline)
		usleep(20000);
	CHECK(rc == 1 && ev.num == 1 && trace_next(r, &ev) == 0);
	sample_put(w, 10, 10);
	for (uint64_t num = 2; num <= 10; num++)
		CHECK(trace_next(r, &ev) == 1 && ev.num == num);
	CHECK(trace_next(r, &ev) == 0 && !trace_reader_complete(r));
	sample_put(w, 11, 100);
	CHECK(trace_close(w, true) == 0);
	CHECK(trace_next(r, &ev) == 1 && ev.num == 11);
	CHECK(trace_next(r, &ev) == 0 && trace_reader_complete(r));
	trace_reader_close(r);
	free(dir);
}

static void full_disk_is_told_and_stays(void)
{
	char *dir = dir_of("full");
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit limit = {100000, 100000};
		struct trace_writer *w = create(dir);
		static uint8_t noise[60000];
		uint64_t random = 5;
		int rc = 0;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		for (unsigned i = 0; i < 20 && rc == 0; i++) {
			for (unsigned k = 0; k < sizeof(noise); k++)
				noise[k] = (uint8_t)(random_next(&random) >> 32);
			struct trace_data d = {
				.kind = DATA_OUT, .len = sizeof(noise), .bytes = noise};
			struct trace_event ev = sample_event(i + 1);
			if ((rc = trace_put_data(w, &d)) == 0 &&
			    (rc = trace_put_event(w, &ev)) == 0)
				rc = trace_flush(w);
		}
		CHECK(rc == -1 && strstr(trace_strerror(), "full/data: File too large"));
		CHECK(trace_flush(w) == -1);
		CHECK(trace_close(w, true) == -1 &&
		      strstr(trace_strerror(), "full/data: File too large"));
		fflush(stdout);
		_exit(failed);
	}
	int status, rc;
	uint32_t digests[20];
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	struct trace_reader *r = open_well(dir);
	CHECK(trace_digests(r, digests, 20, &rc) == 1 && rc == 0 && !trace_reader_complete(r));
	trace_reader_close(r);
	free(dir);
}

/* --- damage ---- */

static const char *const trace_files[] = {"args_env", "version", "events", "mmaps", "data"};
enum { SMALL = 24 };

/* Reads a damaged trace. Events must be those that were written, up to an error or the end
 * (true). */
static bool read_damaged(const char *dir, const uint32_t want[SMALL])
{
	uint32_t got[SMALL + 1];
	struct trace_reader *r = trace_open(dir, false);
	int rc;

	if (!r)
		return false;
	size_t n = trace_digests(r, got, SMALL + 1, &rc);
	CHECK(n <= SMALL && memcmp(got, want, n * sizeof(*got)) == 0);
	CHECK(rc == 0 || *trace_reader_error(r));
	CHECK(!trace_reader_complete(r) || rc < 0 || n == SMALL);
	/* Even if all that was read is right, a check must report the damage. */
	CHECK(!trace_reader_complete(r) ||
	      (trace_check(r, false) == -1 && trace_check(r, true) == -1));
	trace_reader_close(r);
	return rc == 0;
}

static char *small_trace(const char *name, uint32_t want[SMALL])
{
	char *dir = dir_of(name);
	int rc;

	sample_write(dir, SMALL, 7, true);
	struct trace_reader *r = open_well(dir);
	CHECK(trace_digests(r, want, SMALL, &rc) == SMALL && whole(r));
	trace_reader_close(r);
	return dir;
}

static void every_flipped_byte_is_told(void)
{
	uint32_t want[SMALL];
	char *dir = small_trace("flips", want);

	for (unsigned f = 0; f < ARRAY_LEN(trace_files); f++) {
		size_t len;
		char *bytes = file_get(dir, trace_files[f], &len);
		for (size_t i = 0; i < 2 * len; i++) {
			char flip = i % 2 ? (char)0xff : (char)(1 << i / 2 % 8);
			bytes[i / 2] ^= flip;
			file_put(dir, trace_files[f], bytes, len);
			CHECK(!read_damaged(dir, want));
			bytes[i / 2] ^= flip;
		}
		file_put(dir, trace_files[f], bytes, len);
		free(bytes);
	}
	free(dir);
}

static void every_truncation_is_told(void)
{
	uint32_t want[SMALL];
	char *dir = small_trace("truncations", want);

	for (unsigned f = 0; f < ARRAY_LEN(trace_files); f++) {
		size_t len;
		char *bytes = file_get(dir, trace_files[f], &len);
		for (size_t i = 0; i < len; i++) {
			file_put(dir, trace_files[f], bytes, i);
			CHECK(!read_damaged(dir, want));
		}
		char *more = xcalloc(1, len + 100);
		memcpy(more, bytes, len);
		file_put(dir, trace_files[f], more, len + 100);
		CHECK(!read_damaged(dir, want));
		file_put(dir, trace_files[f], bytes, len);
		free(more);
		free(bytes);
	}
	free(dir);
}

/* Blocks of data with right checksums whose headers name wrong events. */
static void quick_check_knows_owners(void)
{
	uint32_t want[SMALL];
	char *dir = small_trace("owners", want), *version = xasprintf("%s/version", dir);
	struct block_header h;
	size_t len;

	unlink(version);
	uint8_t *bytes = (uint8_t *)file_get(dir, "data", &len);
	for (int by = -1; by <= 1; by++) {
		CHECK(!block_header_parse(&h, STREAM_DATA, bytes));
		h.first_event += (uint64_t)by;
		block_seal(&h, bytes);
		file_put(dir, "data", (char *)bytes, len);
		struct trace_reader *r = open_well(dir);
		int rc = trace_check(r, true);
		CHECK(by ? rc == -1 && strstr(trace_reader_error(r), "other events' records")
			 : rc == 0);
		trace_reader_close(r);
		h.first_event -= (uint64_t)by;
		block_seal(&h, bytes);
	}
	free(bytes);
	free(version);
	free(dir);
}

static void truncation_without_version_is_the_end(void)
{
	uint32_t want[SMALL];
	char *dir = small_trace("prefixes", want), *version = xasprintf("%s/version", dir);

	unlink(version);
	for (unsigned f = 2; f < ARRAY_LEN(trace_files); f++) {
		size_t len;
		char *bytes = file_get(dir, trace_files[f], &len);
		for (size_t i = 0; i <= len; i++) {
			file_put(dir, trace_files[f], bytes, i);
			CHECK(read_damaged(dir, want));
		}
		/* A power cut may leave the length, but not the bytes. */
		char *zeroed = xmalloc(len);
		for (size_t i = 0; i <= 200; i += 8) {
			memcpy(zeroed, bytes, len);
			memset(zeroed + len - i, 0, i);
			file_put(dir, trace_files[f], zeroed, len);
			read_damaged(dir, want);
		}
		file_put(dir, trace_files[f], bytes, len);
		free(zeroed);
		free(bytes);
	}
	free(version);
	free(dir);
}

static void errors_name_the_place(void)
{
	uint32_t want[SMALL];
	char *dir = small_trace("places", want),
	     *expect = xasprintf("%s/data: offset 0, event 3: wrong checksum", dir);
	size_t len;
	char *bytes = file_get(dir, "data", &len);
	struct trace_event ev;
	struct trace_data d;

	bytes[70] ^= 1;
	file_put(dir, "data", bytes, len);
	struct trace_reader *r = open_well(dir);
	for (unsigned i = 0; i < 3; i++)
		CHECK(trace_next(r, &ev) == 1);
	CHECK(trace_next_data(r, &d) == -1);
	CHECK(strncmp(trace_reader_error(r), expect, strlen(expect)) == 0);
	CHECK(trace_next_data(r, &d) == -1);
	/* The rest can still be read. */
	CHECK(trace_seek(r, 21) == 0 && trace_next(r, &ev) == 1 && ev.num == 21 &&
	      trace_next_data(r, &d) == 1);
	trace_reader_close(r);
	free(bytes);
	free(expect);
	free(dir);
}

static void opening(const char *dir, const char *expect)
{
	struct trace_reader *r = trace_open(dir, false);

	CHECK(!r && strstr(trace_strerror(), expect) && !strchr(trace_strerror(), '\n'));
	if (r)
		trace_reader_close(r);
}

static void what_is_no_trace_is_told_apart(void)
{
	uint32_t want[SMALL];
	char *dir = small_trace("opening", want), *events = xasprintf("%s/events", dir);
	char *version = xasprintf("%s/version", dir), *missing = dir_of("missing"),
	     *empty = dir_of("empty");
	char *other = dir_of("other");

	opening(missing, "no such trace");
	opening(events, "not a directory");
	mkdir(empty, 0700);
	opening(empty, "empty directory");
	mkdir(other, 0700);
	file_put(other, "x", "", 0);
	opening(other, "not a trace");
	file_put(dir, "version", "rr-trace 7 x", 12);
	opening(dir, "version: format 7, this program reads 1");
	file_put(dir, "version", "", 0);
	opening(dir, "version: not");
	unlink(version);
	unlink(events);
	opening(dir, "events: missing");
	mkfifo(events, 0600);
	opening(dir, "events: not a plain file");
	unlink(events);
	CHECK(symlink("/dev/zero", events) == 0);
	opening(dir, "events: not a plain file");
	file_put(dir, "args_env", "format=9\0", 9);
	opening(dir, "args_env: format 9, this program reads 1");
	free(dir);
	free(events);
	free(version);
	free(missing);
	free(empty);
	free(other);
}

/* Changes a part of the line, and corrects its checksum. */
static void version_edit(const char *dir, const char *from, const char *to)
{
	char line[1024], *text = file_get(dir, "version", &(size_t){0}), *at = strstr(text, from);
	int n = snprintf(line, sizeof(line), "%.*s%s%s", (int)(at - text), text, to,
			 at + strlen(from));

	n = (int)(strstr(line, " crc32=") - line);
	n += sprintf(line + n, " crc32=%08x\n", crc32_add(0, line, n));
	file_put(dir, "version", line, (size_t)n);
	free(text);
}

static void newer_minor_versions_are_read(void)
{
	uint32_t want[SMALL], got[SMALL];
	char *dir = small_trace("minor", want);
	int rc;

	version_edit(dir, "rr-trace 1 ", "rr-trace 1.7 ");
	version_edit(dir, " crc32=", " more=things crc32=");
	struct trace_reader *r = open_well(dir);
	CHECK(trace_reader_complete(r) && trace_digests(r, got, SMALL, &rc) == SMALL);
	CHECK(memcmp(got, want, sizeof(want)) == 0 && whole(r));
	trace_reader_close(r);
	/* Only newer versions may have more fields. */
	version_edit(dir, "rr-trace 1.7 ", "rr-trace 1 ");
	opening(dir, "version: wrong checksum");
	version_edit(dir, "rr-trace 1 ", "rr-trace 2.1 ");
	opening(dir, "version: format 2, this program reads 1");
	free(dir);
}

/* --- the directory ---- */

static void only_traces_are_replaced(void)
{
	uint32_t want[SMALL];
	char *dir = small_trace("replaced", want), *other = xasprintf("%s/mine", dir), *name;
	struct trace_meta meta = sample_meta();

	errno = 0;
	CHECK(!trace_create(dir, false, &meta) && errno == EEXIST);
	file_put(dir, "mine", "x", 1);
	errno = 0;
	CHECK(!trace_create(dir, true, &meta) && errno == EEXIST && access(other, F_OK) == 0);
	unlink(other);
	CHECK(symlink("events", other) == 0);
	CHECK(!trace_create(dir, true, &meta));
	unlink(other);

	struct trace_writer *w = trace_create(dir, true, &meta);
	CHECK(w);
	CHECK(!trace_create(dir, true, &meta) && strstr(trace_strerror(), "being written"));
	int fd = trace_new_file(w, "a/b", &name);
	CHECK(fd >= 0 && write(fd, "x", 1) == 1 && strcmp(name, "0-a_b") == 0);
	close(fd);
	CHECK(trace_close(w, true) == 0);
	struct trace_reader *r = open_well(dir);
	fd = trace_open_copy(r, name);
	CHECK(fd >= 0);
	close(fd);
	CHECK(trace_open_copy(r, "../args_env") == -1 && trace_open_copy(r, "..") == -1);
	CHECK(trace_open_copy(r, "") == -1 && trace_open_copy(r, "nothing") == -1);
	trace_reader_close(r);

	CHECK((w = trace_create(dir, true, &meta)) && trace_close(w, true) == 0);
	free(name);
	free(other);
	free(dir);
}

static void modes_do_not_depend_on_umask(void)
{
	const char *names[] = {"", "/args_env", "/events", "/mmaps", "/data", "/version", "/files"};
	const mode_t masks[] = {0, 0777};
	struct stat st;

	for (unsigned k = 0; k < ARRAY_LEN(masks); k++) {
		char *dir = dir_of(k ? "umask777" : "umask0");
		mode_t before = umask(masks[k]);
		CHECK(trace_close(create(dir), true) == 0);
		umask(before);
		for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
			char *path = xasprintf("%s%s", dir, names[i]);
			mode_t want = i == 0 || i == ARRAY_LEN(names) - 1 ? 0700 : 0600;
			CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == want);
			free(path);
		}
		free(dir);
	}
}

static void fresh_directories_differ(void)
{
	enum { PROCESSES = 8, EACH = 20 };
	char *place = dir_of("place/deep"), *latest = xasprintf("%s/latest-trace", place),
	     target[PATH_MAX] = "";
	unsigned n = 0;

	setenv("RR_TRACE_DIR", place, 1);
	opening(NULL, "no trace has been recorded");
	for (unsigned i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			for (unsigned k = 0; k < EACH; k++)
				if (!trace_fresh_dir("/bin/my prog"))
					_exit(1);
			_exit(0);
		}
	for (int status; wait(&status) > 0;)
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	DIR *d = opendir(place);
	while (d && readdir(d))
		n++;
	closedir(d);
	CHECK(n == PROCESSES * EACH + 2);

	char *dir = trace_fresh_dir("/bin/my prog");
	CHECK(dir && strcmp(strrchr(dir, '/'), "/my_prog-161") == 0);
	CHECK(trace_close(create(dir), true) == 0);
	trace_set_latest(dir);
	CHECK(readlink(latest, target, sizeof(target) - 1) > 0 &&
	      strcmp(target, "my_prog-161") == 0);
	struct trace_reader *r = trace_open(NULL, false);
	CHECK(r);
	if (r)
		trace_reader_close(r);
	trace_set_latest(top); /* not the default place */
	memset(target, 0, sizeof(target));
	CHECK(readlink(latest, target, sizeof(target) - 1) > 0 &&
	      strcmp(target, "my_prog-161") == 0);
	free(dir);
	free(latest);
	free(place);
}

static const struct test tests[] = {
	TEST(events_come_back),
	TEST(data_come_back),
	TEST(maps_come_back),
	TEST(meta_comes_back),
	TEST(long_data_are_split),
	TEST(bursts_come_back),
	TEST(wrong_records_are_refused),
	TEST(seek_reaches_every_event),
	TEST(many_tasks_and_blocks),
	TEST(killed_writer_leaves_a_prefix),
	TEST(killed_at_any_time_leaves_a_prefix),
	TEST(idle_writer_reaches_a_follower),
	TEST(full_disk_is_told_and_stays),
	TEST(every_flipped_byte_is_told),
	TEST(every_truncation_is_told),
	TEST(quick_check_knows_owners),
	TEST(truncation_without_version_is_the_end),
	TEST(errors_name_the_place),
	TEST(what_is_no_trace_is_told_apart),
	TEST(newer_minor_versions_are_read),
	TEST(only_traces_are_replaced),
	TEST(modes_do_not_depend_on_umask),
	TEST(fresh_directories_differ),
};

int main(void)
{
	top = temporary_dir();
	int status = tests_run("trace", tests, ARRAY_LEN(tests));
	remove_all(top);
	free(top);
	return status;
}
