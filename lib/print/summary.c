/* Views of a whole trace: how often each call was made, what was mapped, how the program was
 * started. */
#include "print/printer.h"
#include "util/alloc.h"
#include "util/size.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

/* --- calls --- */

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

	print_udec(t, hundredths / 100);
	print_char(t, '.');
	print_char(t, '0' + hundredths / 10 % 10);
	print_char(t, '0' + hundredths % 10);
}

static void put_tally(struct text *t, const struct tally *tally, uint64_t all,
		      const struct print_style *style)
{
	char room[32];
	size_t from;

	if (style->json) {
		print_str(t, "{\"calls\":");
		print_udec(t, tally->calls);
		print_str(t, ",\"errors\":");
		print_udec(t, tally->errors);
		print_str(t, ",\"percent\":");
		put_percent(t, tally->calls, all);
		print_str(t, ",\"call\":\"");
		print_str(t, call_name(tally->nr, room));
		print_str(t, "\"}\n");
		return;
	}
	from = print_mark(t);
	print_udec(t, tally->calls);
	print_column(t, style, from, 9);
	from = print_mark(t);
	print_udec(t, tally->errors);
	print_column(t, style, from, 9);
	from = print_mark(t);
	put_percent(t, tally->calls, all);
	print_column(t, style, from, 7);
	print_str(t, call_name(tally->nr, room));
	print_char(t, '\n');
}

static void put_names(struct text *t, const struct print_style *style, unsigned n,
		      const char *const *names, const unsigned *widths)
{
	for (unsigned i = 0; i < n; i++) {
		size_t from = print_mark(t);

		print_str(t, names[i]);
		if (i + 1 < n)
			print_column(t, style, from, widths[i]);
	}
	print_char(t, '\n');
}

int print_summary(FILE *out, struct trace_reader *r, struct print_select *s,
		  const struct print_style *style, bool header)
{
	struct tally *tallies = xcalloc(UINT16_MAX + 1, sizeof(*tallies));
	struct trace_event ev = {0};
	uint64_t all = 0;
	size_t range = 0, n = 0;
	struct text t;
	int got;

	while ((got = print_select_next(s, &range, r, &ev)) == 1) {
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
	print_init(&t, out);
	if (header && !style->json)
		put_names(&t, style, 4, (const char *const[]){"calls", "errors", "percent", "call"},
			  (const unsigned[]){9, 9, 7, 0});
	for (size_t i = 0; i < n; i++)
		put_tally(&t, &tallies[i], all, style);
	print_flush(&t);
	free(tallies);
	return got;
}

/* --- mappings --- */

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
	print_char(t, m->prot & PROT_READ ? 'r' : '-');
	print_char(t, m->prot & PROT_WRITE ? 'w' : '-');
	print_char(t, m->prot & PROT_EXEC ? 'x' : '-');
	print_char(t, m->flags & MAP_SHARED ? 's' : 'p');
}

static void put_map_range(struct text *t, const struct trace_map *m)
{
	print_hex(t, m->start);
	print_char(t, '-');
	print_hex(t, m->start + m->len);
}

/* Without the 0s that pad it. */
static void put_build_id(struct text *t, const uint8_t id[20])
{
	char hex[2 * 20 + 1] = "";
	size_t n = 20;

	while (n && !id[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", id[i]);
	print_str(t, hex);
}

static void put_map_json(struct text *t, const struct trace_event *ev, const struct trace_map *m)
{
	print_str(t, "{\"event\":");
	print_udec(t, ev->num);
	print_str(t, ",\"tid\":");
	print_dec(t, m->tid ? m->tid : ev->tid);
	print_str(t, ",\"range\":\"");
	put_map_range(t, m);
	print_str(t, "\",\"prot\":\"");
	put_prot(t, m);
	print_str(t, "\",\"offset\":\"");
	print_hex(t, m->offset);
	print_str(t, "\",\"backing\":\"");
	print_str(t, backing_name(m->backing));
	print_str(t, "\",\"path\":\"");
	print_json_begin(t);
	print_name(t, m->path);
	print_json_end(t);
	print_str(t, "\",\"copy\":\"");
	print_json_begin(t);
	print_name(t, m->copy);
	print_json_end(t);
	print_str(t, "\",\"copy_size\":");
	print_udec(t, m->copy_size);
	print_str(t, ",\"copy_sum\":\"");
	print_hex(t, m->copy_sum);
	print_str(t, "\",\"build_id\":\"");
	put_build_id(t, m->build_id);
	print_str(t, "\"}\n");
}

static void put_map(struct text *t, const struct trace_event *ev, const struct trace_map *m,
		    const struct print_style *style)
{
	size_t from = print_mark(t);

	print_udec(t, ev->num);
	print_column(t, style, from, 8);
	from = print_mark(t);
	print_dec(t, m->tid ? m->tid : ev->tid);
	print_column(t, style, from, 7);
	from = print_mark(t);
	put_map_range(t, m);
	print_column(t, style, from, 29);
	from = print_mark(t);
	put_prot(t, m);
	print_column(t, style, from, 4);
	from = print_mark(t);
	print_hex(t, m->offset);
	print_column(t, style, from, 10);
	from = print_mark(t);
	print_str(t, backing_name(m->backing));
	print_column(t, style, from, 9);
	print_name(t, m->path);
	if (m->copy[0]) {
		print_str(t, " (files/");
		print_name(t, m->copy);
		print_char(t, ')');
	}
	print_char(t, '\n');
}

int print_maps(FILE *out, struct trace_reader *r, struct print_select *s,
	       const struct print_style *style, bool header)
{
	struct trace_event ev = {0};
	struct trace_map m;
	size_t range = 0;
	struct text t;
	int got;

	print_init(&t, out);
	if (header && !style->json)
		put_names(&t, style, 7,
			  (const char *const[]){"event", "tid", "range", "prot", "offset",
						"backing", "path"},
			  (const unsigned[]){8, 7, 29, 4, 10, 9, 0});
	while ((got = print_select_next(s, &range, r, &ev)) == 1) {
		while ((got = trace_next_map(r, &m)) == 1) {
			if (style->json)
				put_map_json(&t, &ev, &m);
			else
				put_map(&t, &ev, &m, style);
		}
		if (got < 0)
			break;
	}
	print_flush(&t);
	return got;
}

/* --- how it was started --- */

static void put_pair(struct text *t, const char *key, const char *value,
		     const struct print_style *style)
{
	if (!value)
		return;
	print_str(t, style->json ? "{\"key\":\"" : "");
	print_str(t, key);
	if (style->json) {
		print_str(t, "\",\"value\":\"");
		print_json_begin(t);
		print_name(t, value);
		print_json_end(t);
		print_str(t, "\"}");
	} else {
		print_char(t, '\t');
		print_name(t, value);
	}
	print_char(t, '\n');
}

static void put_number(struct text *t, const char *key, long value, const struct print_style *style)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%ld", value);
	put_pair(t, key, digits, style);
}

void print_args(FILE *out, const struct trace_meta *meta, const struct print_style *style)
{
	struct text t;

	print_init(&t, out);
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
	print_flush(&t);
}
