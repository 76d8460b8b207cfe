/* /proc/PID/stat, status and auxv as the program would read them if it were not recorded: without
 * the recorder as tracer and its filter of calls, and without the vdso. Whatever part of such a
 * file a read returns is changed in the program's memory, and keeps its length. Recording. */
#include "kernel/handler.h"
#include "tracee/procfs.h"
#include "util/file_io.h"
#include "util/procfd.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define FILE_MAX (64u << 10)

/* A read of such a file. */
struct proc_read {
	struct call *c;
	struct task *of;   /* whose file it is */
	uint64_t from, to; /* what it has read of it */
	char *whole;       /* the file as the kernel shows it: own->status */
	size_t len;
};

/* Writes n bytes that begin at offset `at` of the file to the program's memory, as far as they have
 * been read. */
static void replace(struct proc_read *r, uint64_t at, const char *with, size_t n)
{
	uint64_t from = at > r->from ? at : r->from, to = at + n < r->to ? at + n : r->to;

	if (from < to)
		task_gone_ok(task_write(r->c->t, r->c->args[1] + (from - r->from),
					with + (from - at), to - from));
}

/* The program has read what the kernel shows from offset `at` on, as far as it has read it. */
static bool is_as_shown(struct proc_read *r, uint64_t at, size_t n)
{
	char bytes[64];
	uint64_t from = at > r->from ? at : r->from, to = at + n < r->to ? at + n : r->to;

	return from < to && to - from <= sizeof(bytes) &&
	       !task_read_all(r->c->t, r->c->args[1] + (from - r->from), bytes, to - from) &&
	       !memcmp(bytes, r->whole + from, to - from);
}

/* Shows the number in the field of that name. It has the width of the number that is there. */
static void show_number(struct proc_read *r, const char *name, int number)
{
	char *line = strstr(r->whole, name), text[32];

	if (!line)
		return;
	char *value = line + strlen(name);
	int width = (int)strcspn(value, "\n");
	if (width < (int)sizeof(text) &&
	    snprintf(text, sizeof(text), "%-*d", width, number) <= width &&
	    is_as_shown(r, (uint64_t)(line - r->whole), (size_t)(value + width - line)))
		replace(r, (uint64_t)(value - r->whole), text, (size_t)width);
}

/* A task that reads its own status is running meanwhile; now it is stopped. */
static void show_running(struct proc_read *r)
{
	static const char running[] = "R (running)";
	char *state = strstr(r->whole, "\nState:\t");

	if (!state)
		return;
	state += strlen("\nState:\t");
	char *end = strchr(state, '\n');
	if (!end || (size_t)(end - state) < strlen(running))
		return;
	memmove(state + strlen(running), end, strlen(end) + 1);
	memcpy(state, running, strlen(running));
}

/* Another task may be in a ptrace-stop of the recorder's, which is not the program's. named: the
 * letter's name follows it. */
static void show_state(struct proc_read *r, const char *state, bool named)
{
	static const char stopped[] = "t (tracing stop)";
	const size_t n = named ? strlen(stopped) : 1;
	char text[sizeof(stopped)];

	const uint64_t at = (uint64_t)(state - r->whole);
	const char shown = r->c->rec->state(r->c->rec, r->of);
	if (strncmp(state, stopped, n) != 0 || shown == 't' || !is_as_shown(r, at, n))
		return;
	snprintf(text, sizeof(text), "%c (%-13s", shown, shown == 'T' ? "stopped)" : "running)");
	replace(r, at, text, n);
}

/* Without the recorder's own: tracee/call_filter.h. */
static void show_filters(struct proc_read *r)
{
	static const char name[] = "\nSeccomp_filters:\t";
	const char *line = strstr(r->whole, name);

	if (line)
		show_number(r, name, atoi(line + strlen(name)) - 1);
}

static void show_status(struct proc_read *r)
{
	struct recording *rec = r->c->rec;
	const char *state = strstr(r->whole, "\nState:\t");

	if (r->of == r->c->t)
		show_running(r);
	else if (state)
		show_state(r, state + strlen("\nState:\t"), true);
	show_number(r, "\nTracerPid:\t", rec->tracer(rec, r->of));
	show_number(r, "\nSeccomp:\t", kernel_seccomp_mode(rec, r->of));
	show_number(r, "\nNoNewPrivs:\t", kernel_no_new_privs(rec, r->of));
	show_filters(r);
}

/* The name, in parentheses, may hold any byte; nothing after it is a parenthesis. */
static void show_stat(struct proc_read *r)
{
	const char *name_end = strrchr(r->whole, ')');

	if (r->of != r->c->t && name_end && name_end[1])
		show_state(r, name_end + 2, false);
}

static void hide_vdso(struct proc_read *r)
{
	static const uint64_t ignore = AT_IGNORE;
	uint64_t word;

	for (size_t at = 0; at + 2 * sizeof(word) <= r->len; at += 2 * sizeof(word)) {
		memcpy(&word, r->whole + at, sizeof(word));
		if (word == AT_SYSINFO_EHDR)
			replace(r, at, (const char *)&ignore, sizeof(ignore));
	}
}

struct owner_search {
	const char *ids;
	size_t len;
	struct task *found;
};

static void compare_owner(void *ctx, struct task *t)
{
	struct owner_search *s = ctx;

	if (!s->found && proc_has_inner_ids(t->tid, s->ids, s->len))
		s->found = t;
}

/* The task whose file it is. In a /proc of another pid namespace than the recorder's, ids are those
 * of that namespace. */
static struct task *owner(struct recording *rec, const struct proc_read *r, const struct stat *st,
			  const char *path)
{
	static const char name[] = "\nNStgid:";
	const char *line = strstr(r->whole, name);
	struct stat ours;
	int pid, tid;

	if (sscanf(path, "/proc/%d/", &pid) != 1)
		return NULL;
	if (!stat("/proc/self/status", &ours) && ours.st_dev == st->st_dev)
		return rec->find(rec, sscanf(path, "/proc/%*d/task/%d/", &tid) == 1 ? tid : pid);
	if (!line)
		return NULL;
	struct owner_search s = {.ids = line + strlen(name)};
	s.len = strcspn(s.ids, "\n");
	rec->each_space(rec, compare_owner, &s);
	return s.found;
}

/* The file as the kernel shows it. A file that is read by pieces does not change meanwhile, unlike
 * numbers in it, so its text is kept from the first piece on. */
static char *whole_file(struct recording_state *own, pid_t tid, int fd, const struct stat *st,
			bool first, size_t *len)
{
	struct status_text *s = &own->status;

	if (first || !s->text || s->dev != st->st_dev || s->ino != st->st_ino) {
		free(s->text);
		s->text = file_read(proc_fd(tid, fd).path, FILE_MAX, &s->len);
		s->dev = st->st_dev;
		s->ino = st->st_ino;
	}
	*len = s->len;
	return s->text;
}

void kernel_proc_read(struct call *c)
{
	char path[64];
	uint64_t pos = 0;
	struct proc_read r = {.c = c};
	struct stat st;

	if (c->result <= 0 || (c->nr != SYS_read && c->nr != SYS_pread64) ||
	    proc_fd_target(c->t->tid, (int)c->args[0], path, sizeof(path)) <= 0)
		return;
	const char *base = strrchr(path, '/');
	if (!base ||
	    (strcmp(base, "/status") != 0 && strcmp(base, "/stat") != 0 &&
	     strcmp(base, "/auxv") != 0) ||
	    stat(proc_fd(c->t->tid, (int)c->args[0]).path, &st))
		return;
	proc_fd_info(c->t->tid, (int)c->args[0], NULL, &pos);
	r.from = c->nr == SYS_read ? pos - (uint64_t)c->result : c->args[3];
	r.to = r.from + (uint64_t)c->result;
	r.whole = whole_file(c->rec->own, c->t->tid, (int)c->args[0], &st, !r.from, &r.len);
	if (!r.whole)
		return;
	if (!strcmp(base, "/auxv"))
		hide_vdso(&r);
	else if ((r.of = owner(c->rec, &r, &st, path)))
		strcmp(base, "/stat") != 0 ? show_status(&r) : show_stat(&r);
}

void kernel_auxv_hide_vdso(struct task *t, uint64_t at, uint64_t end)
{
	static const uint64_t ignore = AT_IGNORE;
	uint64_t word;

	for (; at + sizeof(word) <= end && !task_read_all(t, at, &word, sizeof(word)) && word;
	     at += 2 * sizeof(word))
		if (word == AT_SYSINFO_EHDR)
			task_gone_ok(task_write(t, at, &ignore, sizeof(ignore)));
}

void kernel_auxv_exit(struct call *c)
{
	const uint64_t n = c->result > 0 && c->args[2] > (uint64_t)c->result ? (uint64_t)c->result
									     : c->args[2];

	if (c->result <= 0)
		return;
	kernel_auxv_hide_vdso(c->t, c->args[1], c->args[1] + n);
	kernel_call_out(c, c->args[1], n);
}
