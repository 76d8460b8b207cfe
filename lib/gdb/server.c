/* The server: opens a trace at a position, and takes one client after another. */
#include "gdb/console.h"
#include "gdb/gdb.h"
#include "gdb/session.h"
#include "print/replay_report.h"
#include "util/alloc.h"
#include "util/host.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* debug_options.poll: whether the client, or without one `control`, says stop. */
static bool poll_client(void *ctx)
{
	struct gdb *g = ctx;
	struct pollfd control = {.fd = g->control, .events = POLLIN};

	if (g->session)
		return gdb_wire_interrupted(&g->session->wire);
	return poll(&control, 1, 0) > 0;
}

/* --- where to start --- */

static bool makes_process(const struct trace_event *ev, pid_t pid)
{
	return ev->kind == EV_CLONE && ev->other == pid && !(ev->flags & EVF_GROUP);
}

static bool execs_in(const struct trace_event *ev, pid_t pid)
{
	return ev->kind == EV_SYSCALL && (ev->flags & EVF_EXEC) &&
	       (ev->other ? ev->other : ev->tid) == pid;
}

/* The event that forked the process, or the first in which it executed a program, else the fork's
 * too; 0: none. */
static uint64_t process_event(struct trace_reader *r, pid_t pid, bool forked)
{
	struct trace_event ev;
	uint64_t made = 0;

	if (trace_seek(r, 1))
		return 0;
	while (trace_next(r, &ev) == 1) {
		if (execs_in(&ev, pid) && !forked)
			return ev.num;
		if (makes_process(&ev, pid) && forked)
			return ev.num;
		if (makes_process(&ev, pid) && !made)
			made = ev.num;
	}
	return made;
}

/* The process that the trace begins with. */
static bool is_first(struct gdb *g, pid_t pid)
{
	size_t n;
	struct debug_thread *t = debug_threads(g->debug, &n);
	bool is = n > 0 && t[0].pid == pid;

	free(t);
	return is;
}

/* False after a line on stderr. */
static bool start_position(struct gdb *g, const struct gdb_options *o, struct debug_position *p)
{
	*p = g->begin;
	if (o->start && !debug_position_parse(p, o->start)) {
		warnx("%s: not a position, which is EVENT[:TICKS[+INSNS]]", o->start);
		return false;
	}
	if (o->pid && !o->start) {
		uint64_t event = process_event(g->reader, o->pid, o->forked);
		if (!event && !is_first(g, o->pid)) {
			warnx("%s: no process %d", trace_reader_dir(g->reader), (int)o->pid);
			return false;
		}
		if (event)
			*p = (struct debug_position){.event = event};
	}
	return true;
}

static bool start_seek(struct gdb *g, const struct gdb_options *o)
{
	struct debug_position p;
	struct debug_stop stop;

	if (!start_position(g, o, &p))
		return false;
	if (!debug_position_compare(&p, &g->begin))
		return true;
	debug_seek(g->debug, &p, &stop);
	if (stop.kind == DEBUG_STOP_FAILED)
		warnx("%s", debug_error(g->debug));
	return stop.kind != DEBUG_STOP_FAILED;
}

/* --- opening and closing --- */

static void print_failure(void *ctx, const struct replay_report *r)
{
	(void)ctx;
	print_replay_report(stderr, r);
}

struct gdb *gdb_open(const struct gdb_options *o)
{
	struct gdb *g = xcalloc(1, sizeof(*g));
	struct debug_options options = {.poll = poll_client,
					.output = gdb_program_output,
					.failed = print_failure,
					.ctx = g};

	g->only = o->pid;
	g->control = o->control;
	g->output_here = o->output_here;
	g->reader = trace_open(o->trace, false);
	if (!g->reader) {
		warnx("%s", trace_strerror());
		goto fail;
	}
	options.trace = trace_reader_dir(g->reader);
	g->debug = debug_open(&options);
	if (!g->debug)
		goto fail;
	g->begin = debug_here(g->debug);
	if (start_seek(g, o))
		return g;
fail:
	gdb_close(g);
	return NULL;
}

void gdb_close(struct gdb *g)
{
	if (g->debug)
		debug_close(g->debug);
	if (g->reader)
		trace_reader_close(g->reader);
	free(g->checkpoints);
	free(g->held);
	free(g);
}

/* --- serving --- */

void gdb_serve(struct gdb *g, int listener)
{
	struct pollfd fds[2] = {{.fd = listener, .events = POLLIN},
				{.fd = g->control, .events = POLLIN}};

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		if (fds[1].revents)
			return;
		int fd = fds[0].revents ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd < 0)
			continue;
		gdb_serve_client(g, fd);
		close(fd);
	}
}

/* --- files of the programs --- */

/* Programs and libraries are mapped early in a trace, which may be long. */
#define EVENTS_SEARCHED 20000

static bool file_unchanged(const struct trace_map *m)
{
	struct stat st;

	return !stat(m->path, &st) && stat_is_file(&st, m->size, m->mtime_ns);
}

bool gdb_files_here(struct gdb *g)
{
	struct trace_event ev;
	struct trace_map m;

	if (trace_seek(g->reader, 1))
		return false;
	for (unsigned i = 0; i < EVENTS_SEARCHED && trace_next(g->reader, &ev) == 1; i++)
		while (trace_next_map(g->reader, &m) == 1)
			if ((m.prot & PROT_EXEC) && m.backing != BACKING_CODE && m.path[0] == '/' &&
			    !file_unchanged(&m))
				return false;
	return true;
}
