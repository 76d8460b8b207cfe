/* A hostile trace, its blocks and checksums right and its contents not, ends in a verdict and a line: no program dies of
 * a signal, hangs, or leaves a process behind.
 *	replay_fuzz [SEED [COUNT [PROGRAM...]]]
 * Records PROGRAMs, changes what the traces say, writes them anew, and has RR_BIN's programs read them. */
#include "trace_sample.h"
#include "tracee/task.h"

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
#define AGENT AGENT_ADDR

static const char *bin;
static char *work;
static uint64_t seed;

static const uint64_t numbers[] = {
	0,	     1,		 2,	     8,		4095,	       4096,	      0x10000, 0x400000,   AGENT - 4096, AGENT,
	AGENT + 2,   AGENT + 4096, AGENT + 8192, 0x7ffffffff000, 0x800000000000, 0xffffffffff600000, INT64_MAX, 1ul << 63,
	UINT64_MAX - 4095, UINT64_MAX, UINT32_MAX, INT32_MAX, (uint64_t)-512, (uint64_t)-14, 0x4000000000000000, 0x100, 0x23};

static const char *const paths[] = {"/dev/zero", "/dev/tty", "/proc/self/mem", "/proc/self/maps", "/", "", "..", "../events",
				    "/dev/fd/0", "/nonexistent", "two\nlines\033[2J", "fifo", "/etc/passwd", "."};

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
		t->events = xrealloc(t->events, (t->n + 1) * sizeof *t->events);
		e = &t->events[t->n++];
		e->ev = ev;
		e->data = xcalloc(ev.ndata + 1, sizeof *e->data);
		e->maps = xcalloc(ev.nmaps + 1, sizeof *e->maps);
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
	case 0: ev->regs.r[(c >> 8) % TRACE_NREGS] = any(random, ev->regs.r[(c >> 8) % TRACE_NREGS]); break;
	case 1:
	case 2: ev->after.r[(c >> 8) % TRACE_NREGS] = any(random, ev->after.r[(c >> 8) % TRACE_NREGS]); break;
	case 3: ev->kind = (uint8_t)((c >> 8) % 9); break;
	case 4: ev->flags ^= (uint16_t)(1 << (c >> 8) % 14); break;
	case 5: ev->tid = c >> 8 & 1 ? other->tid : (int32_t)any(random, (uint64_t)ev->tid); break;
	case 6: ev->other = c >> 8 & 1 ? other->tid : (int32_t)any(random, (uint64_t)ev->other); break;
	case 7: ev->sysno = (uint16_t)(c >> 8 & 1 ? other->sysno : (c >> 8) % 470); break;
	case 8: ev->result = (int64_t)any(random, (uint64_t)ev->result); break;
	case 9: /* what it tells to be mapped, moved or written, as one who knows the registers would */
		ev->regs.r[(c >> 8) % TRACE_NREGS] = ev->after.r[(c >> 8) % TRACE_NREGS] = any(random, 4096);
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
			((uint8_t *)d->bytes)[random_next(random) % d->len] = (uint8_t)random_next(random);
		break;
	}
}

/* Copies of what was mapped. */
static void files_put(const char *from, const char *to)
{
	char *src = xasprintf("%s/files", from), *dst = xasprintf("%s/files", to), path[4096];
	DIR *d = opendir(src);

	mkdir(dst, 0700);
	for (struct dirent *e; d && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", dst, e->d_name);
		char *old = xasprintf("%s/%s", src, e->d_name);
		if (link(old, path))
			warn("%s", path);
		free(old);
	}
	if (d)
		closedir(d);
	free(src);
	free(dst);
}

/* Writes t with changes. What the writer refuses is left out: a reader would refuse it too. */
static void trace_write(struct trace *t, const char *dir, uint64_t *random)
{
	struct trace_writer *w = trace_create(dir, true, &t->meta);
	uint64_t changes = 1 + random_next(random) % 3, from = random_next(random) % t->n;
	size_t at[3], n = 0;

	if (!w)
		errx(2, "%s", trace_strerror());
	/* Early ones too, or the first stops the replay before all others. */
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
	files_put(t->dir, dir);
}

static int spawn(char *const argv[], const char *out)
{
	pid_t pid = fork();

	if (pid == 0) {
		const struct rlimit mem = {2ul << 30, 2ul << 30}, file = {1ul << 28, 1ul << 28};
		char *err_path = xasprintf("%s.err", out);
		int null = open("/dev/null", O_RDONLY), o = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600),
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

/* The program's wait status; -1 when it had to be killed. */
static int run(char *const argv[], const char *out)
{
	pid_t pid = spawn(argv, out);
	struct timespec pause = {0, 2000000};
	int status;

	for (int i = 0; i < LIMIT * 500; i++) {
		pid_t w = waitpid(pid, &status, WNOHANG);
		if (w == pid)
			return status;
		nanosleep(&pause, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

static const char *judge(int status, const char *name, const char *err_path)
{
	size_t len, lines = 0;

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
	if (WEXITSTATUS(status) == 2 && lines != 1)
		wrong = "not one line on standard error";
	else if (WEXITSTATUS(status) == 1 && (lines > 64 || !lines))
		wrong = "no report";
	else if (len && (strncmp(text, name, strlen(name)) || text[strlen(name)] != ':'))
		wrong = "a line that does not begin with the program's name";
	free(text);
	/* A player that outlives its replay comes to us, the subreaper. */
	int orphan;
	pid_t pid = waitpid(-1, &orphan, WNOHANG | __WALL);
	if (!wrong && pid == 0)
		return "a process is left behind";
	return wrong;
}

static unsigned verdicts[3];

static bool try(const char *dir)
{
	static char *const programs[][3] = {{"rr-replay"}, {"rr-verify", "--memory=50"}, {"rr-dump", "-m"}};
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		char *path = xasprintf("%s/%s", bin, programs[i][0]), *out = xasprintf("%s/out", work),
		     *err_path = xasprintf("%s.err", out);
		char *argv[4] = {path, programs[i][1] ? programs[i][1] : (char *)dir, programs[i][1] ? (char *)dir : NULL, NULL};
		int status = run(argv, out);
		const char *wrong = judge(status, programs[i][0], err_path);
		if (wrong) {
			printf("not ok replay: seed %#lx: %s: %s; trace %s\n", seed, programs[i][0], wrong, dir);
			good = false;
		} else if (i == 0) {
			verdicts[WEXITSTATUS(status)]++;
		}
		free(path);
		free(out);
		free(err_path);
	}
	return good;
}

int main(int argc, char **argv)
{
	static char *defaults[] = {"mm_shared_anon_fork", "sigaction_threads", "fork_memory", "segv_in_thread", "exec_chain", "mm_brk",
				  "mm_mremap_fixed", NULL};
	uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 60, failed = 0;
	char **names = argc > 3 ? argv + 3 : defaults;
	static struct trace traces[16];
	size_t n = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	bin = getenv("RR_BIN") ? getenv("RR_BIN") : "bin";
	setenv("RR_PATIENCE", "0.05", 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	work = temporary_dir();
	char *fifo = xasprintf("%s/fifo", work), *dir = xasprintf("%s/trace", work);
	mkfifo(fifo, 0600);
	for (; n < ARRAY_LEN(traces) && names[n]; n++) {
		char *good = xasprintf("%s/good%zu", work, n), *record = xasprintf("%s/rr-record", bin),
		     *program = strchr(names[n], '/') ? xstrdup(names[n]) : xasprintf("build/tests/programs/%s", names[n]),
		     *out = xasprintf("%s/out", work);
		char *args[] = {record, "-q", "-o", good, program, NULL};
		int status = run(args, out);
		if (status)
			errx(2, "%s: cannot be recorded (%#x)", program, (unsigned)status);
		trace_load(&traces[n], good);
		free(record);
		free(program);
		free(out);
		free(good);
	}
	for (unsigned long i = 0; i < count; i++) {
		seed = first + i;
		uint64_t random = seed * 0x9e3779b97f4a7c15u | 1;
		random_next(&random);
		remove_all(dir);
		trace_write(&traces[random_next(&random) % n], dir, &random);
		if (!try(dir)) {
			char *kept = xasprintf("%s/bad-%lx", work, seed);
			rename(dir, kept);
			free(kept);
			failed++;
		}
	}
	if (failed)
		return 1;
	printf("ok replay: %lu mutations (exact %u, diverged %u, no trace %u)\n", count, verdicts[0], verdicts[1], verdicts[2]);
	remove_all(work);
	free(fifo);
	free(dir);
	free(work);
	return 0;
}
