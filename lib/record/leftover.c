#include "record/leftover.h"

#include "record/control.h"
#include "record/recorder.h"
#include "util/clock.h"
#include "util/file_io.h"
#include "util/text.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long after the end of the program the user is told what is waited for. */
#define QUIET_NS 1000000000u
#define NAMED_MAX 4u

static void put_name(FILE *f, pid_t pid)
{
	char path[64], *name;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	name = file_read(path, 64, NULL);
	if (name) {
		name[strcspn(name, "\n")] = '\0';
		text_make_plain(name);
	}
	fprintf(f, "%s (%d)", name ? name : "?", pid);
	free(name);
}

static void report(struct recorder *r)
{
	const struct rtask *rt;
	char *text = NULL;
	size_t len, n = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	TAILQ_FOREACH(rt, &r->tasks, link) {
		if (!rtask_is_left(rt) || n++ >= NAMED_MAX)
			continue;
		fputs(n > 1 ? ", " : "", f);
		put_name(f, rt->tgid);
	}
	if (n > NAMED_MAX)
		fprintf(f, " and %zu more", n - NAMED_MAX);
	if (!fclose(f) && n)
		warnx("the program has ended; waiting for what it left running: %s; to end that: kill %d",
		      text, getpid());
	free(text);
}

void leftover_check(struct recorder *r)
{
	if (!r->root_done)
		return;
	if (r->o->end_with_program) {
		recorder_kill_left(r);
		return;
	}
	if (r->leftover.reported)
		return;
	uint64_t now = clock_now_ns();
	if (!r->leftover.since_ns) {
		r->leftover.since_ns = now;
		r->leftover.reported = r->o->quiet || !isatty(STDERR_FILENO);
		if (!r->leftover.reported)
			control_tick();
	} else if (now - r->leftover.since_ns > QUIET_NS) {
		r->leftover.reported = true;
		report(r);
	}
}
