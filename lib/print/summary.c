/* Views of a whole trace: how often each call was made, what was mapped, how it was started. */
#include "print/fields.h"
#include "util/util.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static void column(struct text *t, const struct event_style *style, size_t from, size_t width)
{
	if (style->align) {
		text_pad(t, from, width);
		text_mem(t, "  ", 2);
	} else {
		text_char(t, '\t');
	}
}

/* --- calls
 * -------------------------------------------------------------------------------------------- */

struct tally {
	uint64_t calls, errors;
	unsigned nr;
};

static int tally_cmp(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

static const char *call_name(unsigned nr, char room[32])
{
	const struct sys_desc *desc = systab_get(nr);

	if (desc)
		return desc->name;
	snprintf(room, 32, "syscall_%u", nr);
	return room;
}

/* 1234 of 100000 is "1.23". */
static void put_percent(struct text *t, uint64_t part, uint64_t all)
{
	uint64_t hundredths = (uint64_t)((__extension__(unsigned __int128) part) * 10000 / all);

	text_udec(t, hundredths / 100);
	text_char(t, '.');
	text_char(t, '0' + hundredths / 10 % 10);
	text_char(t, '0' + hundredths % 10);
}

static void put_tally(struct text *t, const struct tally *tally, uint64_t all,
		      const struct event_style *style)
{
	char room[32];
	size_t from;

	if (style->json) {
		text_str(t, "{\"calls\":");
		text_udec(t, tally->calls);
		text_str(t, ",\"errors\":");
		text_udec(t, tally->errors);
		text_str(t, ",\"percent\":");
		put_percent(t, tally->calls, all);
		text_str(t, ",\"call\":\"");
		text_str(t, call_name(tally->nr, room));
		text_str(t, "\"}\n");
		return;
	}
	from = text_mark(t);
	text_udec(t, tally->calls);
	column(t, style, from, 9);
	from = text_mark(t);
	text_udec(t, tally->errors);
	column(t, style, from, 9);
	from = text_mark(t);
	put_percent(t, tally->calls, all);
	column(t, style, from, 7);
	text_str(t, call_name(tally->nr, room));
	text_char(t, '\n');
}

static void put_names(struct text *t, const struct event_style *style, unsigned n,
		      const char *const *names, const unsigned *widths)
{
	for (unsigned i = 0; i < n; i++) {
		size_t from = text_mark(t);

		text_str(t, names[i]);
		if (i + 1 < n)
			column(t, style, from, widths[i]);
	}
	text_char(t, '\n');
}

int trace_print_summary(FILE *out, struct trace_reader *r, struct event_select *s,
			const struct event_style *style, bool header)
{
	struct tally *tallies = xcalloc(UINT16_MAX + 1, sizeof(*tallies));
	struct trace_event ev = {0};
	uint64_t all = 0;
	size_t range = 0, n = 0;
	struct text t;
	int got;

	while ((got = event_select_next(s, &range, r, &ev)) == 1) {
		if (ev.kind != EV_SYSCALL)
			continue;
		all++;
		tallies[ev.sysno].nr = ev.sysno;
		tallies[ev.sysno].calls++;
		tallies[ev.sysno].errors += ev.result < 0 && ev.result >= -4095;
	}
	for (size_t i = 0; i <= UINT16_MAX; i++)
		if (tallies[i].calls)
			tallies[n++] = tallies[i];
	qsort(tallies, n, sizeof(*tallies), tally_cmp);
	text_init(&t, out);
	if (header && !style->json)
		put_names(&t, style, 4, (const char *const[]){"calls", "errors", "percent", "call"},
			  (const unsigned[]){9, 9, 7, 0});
	for (size_t i = 0; i < n; i++)
		put_tally(&t, &tallies[i], all, style);
	text_flush(&t);
	free(tallies);
	return got;
}

/* --- mappings
 * ----------------------------------------------------------------------------------------- */

#define BACKING_WORD(name, backing) [backing] = #name,
static const char *const backing_words[] = {TRACE_BACKINGS(BACKING_WORD)};

static const char *backing_name(unsigned backing)
{
	if (backing == BACKING_ANON)
		return "anonymous";
	return backing < ARRAY_LEN(backing_words) ? backing_words[backing] : "?";
}

static void put_prot(struct text *t, const struct trace_map *m)
{
	text_char(t, m->prot & PROT_READ ? 'r' : '-');
	text_char(t, m->prot & PROT_WRITE ? 'w' : '-');
	text_char(t, m->prot & PROT_EXEC ? 'x' : '-');
	text_char(t, m->flags & MAP_SHARED ? 's' : 'p');
}

static void put_map_range(struct text *t, const struct trace_map *m)
{
	text_hex(t, m->start);
	text_char(t, '-');
	text_hex(t, m->start + m->len);
}

static void put_map_json(struct text *t, const struct trace_event *ev, const struct trace_map *m)
{
	text_str(t, "{\"event\":");
	text_udec(t, ev->num);
	text_str(t, ",\"tid\":");
	text_dec(t, m->tid ? m->tid : ev->tid);
	text_str(t, ",\"range\":\"");
	put_map_range(t, m);
	text_str(t, "\",\"prot\":\"");
	put_prot(t, m);
	text_str(t, "\",\"offset\":\"");
	text_hex(t, m->offset);
	text_str(t, "\",\"backing\":\"");
	text_str(t, backing_name(m->backing));
	text_str(t, "\",\"path\":\"");
	text_json(t);
	text_name(t, m->path);
	text_plain(t);
	text_str(t, "\",\"copy\":\"");
	text_json(t);
	text_name(t, m->copy);
	text_plain(t);
	text_str(t, "\"}\n");
}

static void put_map(struct text *t, const struct trace_event *ev, const struct trace_map *m,
		    const struct event_style *style)
{
	size_t from = text_mark(t);

	text_udec(t, ev->num);
	column(t, style, from, 8);
	from = text_mark(t);
	text_dec(t, m->tid ? m->tid : ev->tid);
	column(t, style, from, 7);
	from = text_mark(t);
	put_map_range(t, m);
	column(t, style, from, 29);
	from = text_mark(t);
	put_prot(t, m);
	column(t, style, from, 4);
	from = text_mark(t);
	text_hex(t, m->offset);
	column(t, style, from, 10);
	from = text_mark(t);
	text_str(t, backing_name(m->backing));
	column(t, style, from, 9);
	text_name(t, m->path);
	if (m->copy[0]) {
		text_str(t, " (files/");
		text_name(t, m->copy);
		text_char(t, ')');
	}
	text_char(t, '\n');
}

int trace_print_maps(FILE *out, struct trace_reader *r, struct event_select *s,
		     const struct event_style *style, bool header)
{
	struct trace_event ev = {0};
	struct trace_map m;
	size_t range = 0;
	struct text t;
	int got;

	text_init(&t, out);
	if (header && !style->json)
		put_names(&t, style, 7,
			  (const char *const[]){"event", "tid", "range", "prot", "offset",
						"backing", "path"},
			  (const unsigned[]){8, 7, 29, 4, 10, 9, 0});
	while ((got = event_select_next(s, &range, r, &ev)) == 1) {
		while ((got = trace_next_map(r, &m)) == 1) {
			if (style->json)
				put_map_json(&t, &ev, &m);
			else
				put_map(&t, &ev, &m, style);
		}
		if (got < 0)
			break;
	}
	text_flush(&t);
	return got;
}

/* --- how it was started
 * ------------------------------------------------------------------------------- */

static void put_pair(struct text *t, const char *key, const char *value,
		     const struct event_style *style)
{
	if (!value)
		return;
	text_str(t, style->json ? "{\"key\":\"" : "");
	text_str(t, key);
	if (style->json) {
		text_str(t, "\",\"value\":\"");
		text_json(t);
		text_name(t, value);
		text_plain(t);
		text_str(t, "\"}");
	} else {
		text_char(t, '\t');
		text_name(t, value);
	}
	text_char(t, '\n');
}

static void put_number(struct text *t, const char *key, long value, const struct event_style *style)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%ld", value);
	put_pair(t, key, digits, style);
}

void trace_print_args(FILE *out, const struct trace_meta *meta, const struct event_style *style)
{
	struct text t;

	text_init(&t, out);
	put_pair(&t, "exe", meta->exe, style);
	put_pair(&t, "cwd", meta->cwd, style);
	for (char **arg = meta->argv; arg && *arg; arg++)
		put_pair(&t, "argv", *arg, style);
	for (char **var = meta->envp; var && *var; var++)
		put_pair(&t, "environ", *var, style);
	put_pair(&t, "kernel", meta->kernel, style);
	put_pair(&t, "cpu_model", meta->cpu_model, style);
	put_number(&t, "cpu", meta->cpu, style);
	put_number(&t, "page_size", meta->page_size, style);
	put_pair(&t, "counter", meta->counter, style);
	text_flush(&t);
}
