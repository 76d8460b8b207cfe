/* A hostile trace, whose blocks and checksums are right but whose contents are not, ends in a
 * verdict and one line: no program dies of a signal, hangs, or leaves a process. The same holds for
 * damaged traces.
 *
 * replay_fuzz [SEED [COUNT [PROGRAM | TRACE]...]]
 *
 * Records and packs PROGRAMs, changes the contents of the traces and their copies of files, writes
 * them, and has RR_BIN's programs read them.
 */
#include "instrument/code.h"
#include "trace_sample.h"
#include "tracee/reserved.h"
#include "tracee/task.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/size.h"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

struct event {
	struct trace_event ev;
	struct trace_data *data;
	struct trace_map *maps;
};

struct trace {
	struct trace_reader *reader; /* its meta is ours */
	char *dir;
	struct trace_meta meta;
	struct event *events;
	size_t n;
};

#define LIMIT 10 /* seconds */
#define GDB_LIMIT 60
#define AGENT AGENT_ADDR

static const char *bin;
static char *work;
static uint64_t seed;

static const uint64_t numbers[] = {0,
				   1,
				   2,
				   8,
				   4095,
				   4096,
				   0x10000,
				   0x400000,
				   AGENT - 4096,
				   AGENT,
				   AGENT + 2,
				   AGENT + 4096,
				   AGENT + 8192,
				   0x7ffffffff000,
				   0x800000000000,
				   0xffffffffff600000,
				   INT64_MAX,
				   1ul << 63,
				   UINT64_MAX - 4095,
				   UINT64_MAX,
				   UINT32_MAX,
				   INT32_MAX,
				   (uint64_t)-512,
				   (uint64_t)-14,
				   0x4000000000000000,
				   0x100,
				   0x23};

static const char *const paths[] = {"/dev/zero",
				    "/dev/tty",
				    "/proc/self/mem",
				    "/proc/self/maps",
				    "/",
				    "",
				    "..",
				    "../events",
				    "/dev/fd/0",
				    "/nonexistent",
				    "two\nlines\033[2J",
				    "fifo",
				    "/etc/passwd",
				    "."};

static uint64_t any(uint64_t *random, uint64_t was)
{
	uint64_t c = random_next(random);

	switch (c % 6) {
	case 0: return was ^ 1ul << (c >> 8) % 64;
	case 1: return was + (c >> 8) % 64 * 4096;
	case 2: return c >> (c >> 8) % 64;
	case 3: return was + 1;
	default: return numbers[(c >> 8) % ARRAY_LEN(numbers)];
	}
}

static const char *any_path(uint64_t *random)
{
	return paths[random_next(random) % ARRAY_LEN(paths)];
}

static void trace_load(struct trace *t, const char *dir)
{
	struct trace_reader *r = trace_open(dir, false);
	struct event *e;
	struct trace_event ev;

	if (!r)
		errx(2, "%s", trace_strerror());
	t->dir = xstrdup(dir);
	t->reader = r;
	t->meta = *trace_reader_meta(r);
	while (trace_next(r, &ev) == 1) {
		t->events = xrealloc(t->events, (t->n + 1) * sizeof(*t->events));
		e = &t->events[t->n++];
		e->ev = ev;
		e->data = xcalloc(ev.ndata + 1, sizeof(*e->data));
		e->maps = xcalloc(ev.nmaps + 1, sizeof(*e->maps));
		for (uint32_t i = 0; i < ev.ndata && trace_next_data(r, &e->data[i]) == 1; i++) {
			void *bytes = xmalloc(e->data[i].len);
			if (e->data[i].len)
				memcpy(bytes, e->data[i].bytes, e->data[i].len);
			e->data[i].bytes = bytes;
		}
		for (uint32_t i = 0; i < ev.nmaps && trace_next_map(r, &e->maps[i]) == 1; i++) {
			e->maps[i].path = xstrdup(e->maps[i].path);
			e->maps[i].copy = xstrdup(e->maps[i].copy);
		}
	}
}

static void mutate_event(struct trace *t, struct trace_event *ev, uint64_t *random)
{
	uint64_t c = random_next(random);
	const struct trace_event *other = &t->events[random_next(random) % t->n].ev;

	switch (c % 12) {
	case 0:
		ev->regs.r[(c >> 8) % TRACE_NREGS] =
			any(random, ev->regs.r[(c >> 8) % TRACE_NREGS]);
		break;
	case 1:
	case 2:
		ev->after.r[(c >> 8) % TRACE_NREGS] =
			any(random, ev->after.r[(c >> 8) % TRACE_NREGS]);
		break;
	case 3: ev->kind = (uint8_t)((c >> 8) % (EV_PTRACE_STOP + 1)); break;
	case 4: ev->flags ^= (uint16_t)(1 << (c >> 8) % 14); break;
	case 5: ev->tid = c >> 8 & 1 ? other->tid : (int32_t)any(random, (uint64_t)ev->tid); break;
	case 6:
		ev->other = c >> 8 & 1 ? other->tid : (int32_t)any(random, (uint64_t)ev->other);
		break;
	case 7: ev->sysno = (uint16_t)(c >> 8 & 1 ? other->sysno : (c >> 8) % 470); break;
	case 8: ev->result = (int64_t)any(random, (uint64_t)ev->result); break;
	case 9: /* the arguments of a call that maps, moves or writes, as an attacker would change
		   them */
		ev->regs.r[(c >> 8) % TRACE_NREGS] = ev->after.r[(c >> 8) % TRACE_NREGS] =
			any(random, 4096);
		break;
	case 10: ev->time_ns = ev->time_ns / 2 + (c >> 8) % 1000; break;
	default: *ev = *other; break;
	}
}

static void mutate_map(struct trace_map *m, uint64_t *random)
{
	uint64_t c = random_next(random);

	switch (c % 10) {
	case 0:
	case 1: m->start = PAGE_DOWN(any(random, m->start)); break;
	case 2: m->len = PAGE_DOWN(any(random, m->len)); break;
	case 3: m->prot = (uint32_t)(c >> 8) & (c & 64 ? 7 : UINT32_MAX); break;
	case 4: m->flags = (uint32_t)any(random, m->flags); break;
	case 5: m->backing = (uint8_t)((c >> 8) % 5); break;
	case 6: m->object = (c >> 8) % 4; break;
	case 7: m->offset = PAGE_DOWN(any(random, m->offset)); break;
	case 8: m->size = any(random, m->size); break;
	default:
		m->path = any_path(random);
		m->copy = any_path(random);
		m->backing = c >> 8 & 1 ? BACKING_FILE : BACKING_COPY;
		break;
	}
}

static void mutate_data(struct trace_data *d, uint64_t *random)
{
	uint64_t c = random_next(random);

	switch (c % 6) {
	case 0:
	case 1: d->addr = any(random, d->addr); break;
	case 2:
		d->kind = (uint8_t)((c >> 8) % 8);
		if (d->kind == DATA_ZERO)
			d->len = 0, d->fill_len = any(random, 4096);
		break;
	case 3: d->object = (c >> 8) % 4; break;
	case 4: d->tid = (int32_t)any(random, (uint64_t)d->tid); break;
	default:
		for (uint32_t i = 0; i < 8 && d->len; i++)
			((uint8_t *)d->bytes)[random_next(random) % d->len] =
				(uint8_t)random_next(random);
		break;
	}
}

/* Changes the machine and the program's start in the trace. The caller owns the leaves. */
static void mutate_meta(struct trace_meta *m, uint64_t *random)
{
	static char *const counters[] = {"none", "soft", "hpc", "step", "", "?"};
	uint64_t c = random_next(random);

	switch (c % 8) {
	case 0: m->page_size = (unsigned)any(random, m->page_size); break;
	case 1: m->counter = counters[(c >> 8) % ARRAY_LEN(counters)]; break;
	case 2: m->exe = (char *)any_path(random); break;
	case 3: m->cwd = (char *)any_path(random); break;
	case 4: m->nleaves = (unsigned)(c >> 8) % (m->nleaves + 1); break;
	default:
		for (uint64_t left = 1 + (c >> 8) % 8; left && m->nleaves; left--) {
			uint32_t *word = &m->leaves[random_next(random) % m->nleaves]
						   [random_next(random) % 6];
			*word = (uint32_t)any(random, *word);
		}
		break;
	}
}

/* Code files get right checksums, as a hostile trace would have. */
static void file_mutate(uint8_t *bytes, size_t n, uint64_t *random)
{
	struct code_header *h = (void *)bytes;

	for (uint64_t left = 1 + random_next(random) % 20; left && n; left--) {
		uint64_t c = random_next(random);
		size_t at = (c >> 16) % (c & 1 ? n : n < 4096 ? n : 4096);
		bytes[at] = (uint8_t)(c & 2 ? c >> 8 : (c >> 8 & 1) - 1);
	}
	if (n >= sizeof(*h) && h->magic == CODE_MAGIC)
		h->header_crc = crc32_add(0, bytes, offsetof(struct code_header, header_crc));
}

static void file_changed(const char *from, const char *to, uint64_t *random)
{
	size_t n;
	char *bytes = file_read(from, 64 << 20, &n);
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (!bytes || fd < 0)
		err(2, "%s", from);
	if (random_next(random) % 8)
		file_mutate((uint8_t *)bytes, n, random);
	else
		n = random_next(random) % (n + 1);
	if (write_all(fd, bytes, n))
		err(2, "%s", to);
	close(fd);
	free(bytes);
}

/* Puts the copies of mapped files. change: one of them with changes. */
static void files_put(const char *from, const char *to, bool change, uint64_t *random)
{
	char *src = xasprintf("%s/files", from), *dst = xasprintf("%s/files", to);
	struct dirent **names;
	int n = scandir(src, &names, NULL, alphasort);
	int changed = change && n > 2 ? (int)(2 + random_next(random) % (uint64_t)(n - 2)) : -1;

	mkdir(dst, 0700);
	for (int i = 0; i < n; i++) {
		char *old = xasprintf("%s/%s", src, names[i]->d_name),
		     *new = xasprintf("%s/%s", dst, names[i]->d_name);
		if (i == changed)
			file_changed(old, new, random);
		else if (names[i]->d_name[0] != '.' && link(old, new))
			file_changed(old, new, random);
		free(old);
		free(new);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	free(src);
	free(dst);
}

/* Damages one of the five files: changes bytes without correcting checksums, shortens, lengthens or
 * removes it. */
static void damage(const char *dir, uint64_t *random)
{
	static const char *const files[] = {"version", "args_env", "events", "mmaps", "data"};
	uint64_t c = random_next(random);
	const char *name = files[(c >> 8) % ARRAY_LEN(files)];
	char *path = xasprintf("%s/%s", dir, name);
	size_t n;
	char *bytes = file_get(dir, name, &n);

	switch (c % 8) {
	case 0: n -= n ? (c >> 16) % n : 0; break;
	case 1:
		bytes = xrealloc(bytes, n + 100), memset(bytes + n, (int)(c >> 16), 100), n += 100;
		break;
	case 2: n = 0; break;
	default:
		for (uint64_t left = 1 + (c >> 16) % 4; left && n; left--)
			bytes[random_next(random) % n] ^= (char)(1 << random_next(random) % 8);
	}
	unlink(path);
	if (c % 8 == 3)
		mkdir(path, 0700);
	else if (c % 8 != 4)
		file_put(dir, name, bytes, n);
	free(bytes);
	free(path);
}

/* Writes t with changes. What the writer refuses is left out, because a reader would refuse it,
 * too. */
static void trace_write(struct trace *t, const char *dir, uint64_t *random)
{
	struct trace_meta meta = t->meta;
	size_t leaves = t->meta.nleaves * sizeof(*meta.leaves);
	meta.leaves = memcpy(xmalloc(leaves + 1), t->meta.leaves, leaves);
	if (random_next(random) % 12 == 0)
		mutate_meta(&meta, random);
	struct trace_writer *w = trace_create(dir, true, &meta);
	uint64_t changes = 1 + random_next(random) % 3, from = random_next(random) % t->n;
	size_t at[3], n = 0;

	free(meta.leaves);
	if (!w)
		errx(2, "%s", trace_strerror());
	/* Early ones, too, because the replay stops at the first. */
	for (; n < changes; n++)
		at[n] = from + random_next(random) % (t->n - from);
	uint64_t bomb = random_next(random) % 40 == 0 ? random_next(random) % 300 : 0;
	for (size_t i = 0; i < t->n; i++) {
		struct event *e = &t->events[i];
		struct trace_event ev = e->ev;
		uint64_t what = UINT64_MAX;
		for (size_t k = 0; k < n; k++)
			if (at[k] == i)
				what = random_next(random);
		if (what % 16 == 0)
			continue;
		for (uint32_t k = 0; k < e->ev.ndata; k++) {
			struct trace_data d = e->data[k];
			uint8_t *bytes = xmalloc(d.len);
			memcpy(bytes, d.bytes, d.len);
			d.bytes = bytes;
			if (what != UINT64_MAX && what >> 8 & 1 && what >> 16 & 1)
				mutate_data(&d, random);
			trace_put_data(w, &d);
			free(bytes);
		}
		for (uint32_t k = 0; k < e->ev.nmaps; k++) {
			struct trace_map m = e->maps[k];
			if (what != UINT64_MAX && random_next(random) % e->ev.nmaps < 2)
				mutate_map(&m, random);
			trace_put_map(w, &m);
		}
		if (what != UINT64_MAX && (what >> 9 & 1 || !(e->ev.nmaps + e->ev.ndata)))
			mutate_event(t, &ev, random);
		trace_put_event(w, &ev);
		for (uint64_t k = 0; ev.kind == EV_CLONE && k < bomb; k++) {
			ev.other = (int32_t)(100000 + k);
			trace_put_event(w, &ev);
		}
	}
	trace_close(w, true);
	files_put(t->dir, dir, random_next(random) % 4 == 0, random);
	if (random_next(random) % 8 == 0)
		damage(dir, random);
}

static pid_t spawn(char *const argv[], const char *out)
{
	pid_t pid = fork();

	if (pid == 0) {
		const struct rlimit mem = {2ul << 30, 2ul << 30}, file = {1ul << 28, 1ul << 28};
		char *err_path = xasprintf("%s.err", out);
		int null = open("/dev/null", O_RDONLY),
		    o = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600),
		    e = open(err_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(null, 0);
		dup2(o, 1);
		dup2(e, 2);
		if (!getenv("ASAN_OPTIONS"))
			setrlimit(RLIMIT_AS, &mem);
		setrlimit(RLIMIT_FSIZE, &file);
		execv(argv[0], argv);
		_exit(127);
	}
	return pid;
}

/* The program's wait status; -1 if it had to be killed. */
static int run(char *const argv[], const char *out, int limit)
{
	pid_t pid = spawn(argv, out);
	struct timespec pause = {0, 2000000};
	int status;

	for (int i = 0; i < limit * 500; i++) {
		pid_t w = waitpid(pid, &status, WNOHANG);
		if (w == pid)
			return status;
		nanosleep(&pause, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

/* What is wrong with its status and its messages. gdb's messages are not checked. */
static const char *judge(int status, const char *const args[], const char *err_path)
{
	const char *name = args[0];
	size_t len, lines = 0;
	bool gdb = strcmp(name, "rr-gdb") == 0, replays = strcmp(args[1], "-w") == 0;

	if (status < 0)
		return "hangs";
	if (WIFSIGNALED(status))
		return strsignal(WTERMSIG(status));
	if (WEXITSTATUS(status) > 2)
		return "exit status is none of 0, 1, 2";
	char *text = file_read(err_path, 64 << 20, &len);
	for (size_t i = 0; text && i < len; i++)
		lines += text[i] == '\n';
	if (!text)
		return "no standard error";
	const char *wrong = NULL;
	if (!gdb && !replays && WEXITSTATUS(status) == 2 && lines != 1)
		wrong = "not one line on standard error";
	else if (!gdb && (WEXITSTATUS(status) == 1 || (replays && status)) &&
		 (lines > 64 || !lines))
		wrong = "no report";
	else if (!gdb && len && (strncmp(text, name, strlen(name)) || text[strlen(name)] != ':'))
		wrong = "a line that does not begin with the program's name";
	else if (strstr(text, "AddressSanitizer") || strstr(text, "runtime error:"))
		wrong = "a sanitizer has found something";
	free(text);
	/* A task that outlives its replay becomes a child of this process, the subreaper. */
	int orphan;
	pid_t pid = waitpid(-1, &orphan, WNOHANG | __WALL);
	if (!wrong && pid == 0)
		return "a process is left";
	return wrong;
}

/* Commands for each trace, and commands for one trace of many; %: the trace. */
#define ARGS 12
static const char *const always[][ARGS] = {{"rr-replay", "%"},
					   {"rr-verify", "--memory=50", "%"},
					   {"rr-dump", "-m", "%"},
					   {"rr-pack", "-n", "%"}};
static const char *const sometimes[][ARGS] = {
	{"rr-dump", "-rjm", "%"},
	{"rr-dump", "-M", "%"},
	{"rr-dump", "-Mj", "%"},
	{"rr-dump", "-cH", "%"},
	{"rr-dump", "-t", "%"},
	{"rr-dump", "-tj", "%"},
	{"rr-dump", "-aj", "%"},
	{"rr-dump", "-w", "1", "%"},
	{"rr-dump", "-xH", "-e", "5-20,30-", "-k", "syscall,enter", "%"},
	{"rr-verify", "--quick", "%"},
	{"rr-verify", "-v", "--memory=all", "%"},
	{"rr-pack", "-o", "-", "%"},
	{"rr-pack", "--events", "1-20", "--recompress=1", "-o", "-", "%"},
	{"rr-pack", "--strip-env", "--redact", "[a-f]+", "-o", "-", "%"},
	{"rr-pack", "--sources", "%"}};
static const char *const debugged[][ARGS] = {{"rr-gdb", "%", "--", "-batch", "-ex", "continue",
					      "-ex", "backtrace", "-ex", "reverse-continue"}};

static unsigned verdicts[3];

/* The fault; NULL: none. */
static const char *try_one(const char *const args[ARGS], const char *dir)
{
	char *path = xasprintf("%s/%s", bin, args[0]), *out = xasprintf("%s/out", work),
	     *err_path = xasprintf("%s.err", out);
	char *argv[ARGS + 1] = {path};

	for (int i = 1; i < ARGS && args[i]; i++)
		argv[i] = strcmp(args[i], "%") ? (char *)args[i] : (char *)dir;
	int status = run(argv, out, strcmp(args[0], "rr-gdb") ? LIMIT : GDB_LIMIT);
	const char *wrong = judge(status, args, err_path);
	if (!wrong && args == always[0])
		verdicts[WEXITSTATUS(status)]++;
	free(path);
	free(out);
	free(err_path);
	return wrong;
}

static bool try_all(const char *dir, uint64_t *random)
{
	const char *const(*some)[ARGS] = &sometimes[random_next(random) % ARRAY_LEN(sometimes)];
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(always) + 2; i++) {
		const char *const *args = i < ARRAY_LEN(always)    ? always[i]
					  : i == ARRAY_LEN(always) ? *some
								   : debugged[0];
		if (args == debugged[0] && random_next(random) % 16)
			continue;
		const char *wrong = try_one(args, dir);
		if (!wrong)
			continue;
		printf("not ok replay: seed %#lx: %s %s: %s; trace %s\n", seed, args[0], args[1],
		       wrong, dir);
		good = false;
	}
	return good;
}

/* Records a program, and packs the trace to get copies of mapped files. */
static void trace_record(struct trace *t, const char *program, size_t number)
{
	char *dir = xasprintf("%s/good%zu", work, number), *record = xasprintf("%s/rr-record", bin),
	     *pack = xasprintf("%s/rr-pack", bin), *out = xasprintf("%s/out", work);
	char *path = strchr(program, '/') ? xstrdup(program)
					  : xasprintf("build/tests/programs/%s", program);
	char *record_args[] = {record, "-q", "-o", dir, path, NULL},
	     *pack_args[] = {pack, dir, NULL};

	int status = run(record_args, out, LIMIT);
	if (status)
		errx(2, "%s: cannot be recorded (%#x)", path, (unsigned)status);
	if (number % 2 && run(pack_args, out, LIMIT))
		errx(2, "%s: cannot be packed", path);
	trace_load(t, dir);
	free(dir);
	free(record);
	free(pack);
	free(out);
	free(path);
}

static bool is_trace(const char *path)
{
	char *version = xasprintf("%s/version", path);
	bool is = access(version, F_OK) == 0;

	free(version);
	return is;
}

int main(int argc, char **argv)
{
	static char *defaults[] = {"mm_shared_anon_fork", "sigaction_threads",    "fork_memory",
				   "segv_in_thread",      "exec_chain",           "mm_brk",
				   "mm_mremap_fixed",     "tests/golden/trace-1", NULL};
	uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 60, failed = 0;
	char **names = argc > 3 ? argv + 3 : defaults;
	static struct trace traces[64];
	size_t n = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	bin = getenv("RR_BIN") ? getenv("RR_BIN") : "bin";
	setenv("RR_PATIENCE", "0.05", 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	work = temporary_dir();
	char *fifo = xasprintf("%s/fifo", work), *dir = xasprintf("%s/trace", work);
	mkfifo(fifo, 0600);
	for (; n < ARRAY_LEN(traces) && names[n]; n++) {
		if (is_trace(names[n]))
			trace_load(&traces[n], names[n]);
		else
			trace_record(&traces[n], names[n], n);
	}
	for (unsigned long i = 0; i < count; i++) {
		seed = first + i;
		uint64_t random = seed * 0x9e3779b97f4a7c15u | 1;
		random_next(&random);
		remove_all(dir);
		trace_write(&traces[random_next(&random) % n], dir, &random);
		if (!try_all(dir, &random)) {
			char *kept = xasprintf("%s/bad-%lx", work, seed);
			rename(dir, kept);
			free(kept);
			failed++;
		}
	}
	if (failed)
		return 1;
	printf("ok replay: %lu mutations (exact %u, diverged %u, no trace %u)\n", count,
	       verdicts[0], verdicts[1], verdicts[2]);
	remove_all(work);
	free(fifo);
	free(dir);
	free(work);
	return 0;
}
