#include "print/replay_report.h"

#include "arch/arch.h"
#include "print/print.h"
#include "replay/replay.h"

#include <errno.h>

static void print_place(FILE *out, const char *which, const struct replay_place *p)
{
	if (p->file)
		fprintf(out, "  %s%s 0x%lx is at offset 0x%lx of %s\n", which,
			arch_reg_names[ARCH_REG_PC], (unsigned long)p->addr,
			(unsigned long)p->offset, p->file);
}

static void print_divergence(FILE *out, const struct replay_report *r)
{
	const struct print_style style = {0};

	fprintf(out, "%s: event %lu, task %d: the replay has diverged: %s\n",
		program_invocation_short_name, (unsigned long)r->event, r->task, r->why);
	for (size_t i = 0; i < r->nregisters; i++)
		fprintf(out, "  %-8s recorded 0x%lx, replayed 0x%lx\n", r->registers[i].name,
			(unsigned long)r->registers[i].recorded,
			(unsigned long)r->registers[i].replayed);
	print_place(out, "", &r->replayed_at);
	print_place(out, "recorded ", &r->recorded_at);
	fputs("  the last events:\n", out);
	for (size_t i = 0; i < r->nlast_events; i++) {
		struct print_records none = {0};
		fputs("  ", out);
		print_event(out, &r->last_events[i], &none, &style);
	}
}

void print_replay_report(FILE *out, const struct replay_report *r)
{
	fflush(stdout);
	if (r->why && r->verdict == REPLAY_DIVERGED)
		print_divergence(out, r);
	else if (r->why)
		fprintf(out, "%s: %s\n", program_invocation_short_name, r->why);
	if (r->note)
		fprintf(out, "%s: %s\n", program_invocation_short_name, r->note);
}
