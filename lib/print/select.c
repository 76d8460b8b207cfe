/* Which events of a trace are to be printed. */
#include "print/printer.h"
#include "util/array.h"

#include <errno.h>
#include <stdlib.h>

/* Calls `add` with each element of a list. The first that it refuses, or NULL. Elements are copied
 * into a static buffer; one that does not fit is wrong in every list. */
static const char *each(struct print_select *s, const char *list,
			bool (*add)(struct print_select *s, const char *word))
{
	char word[64];

	for (;;) {
		size_t n = strcspn(list, ",");

		if (n == 0 || n >= sizeof(word))
			return *list ? list : "(nothing)";
		memcpy(word, list, n);
		word[n] = 0;
		if (!add(s, word))
			return list;
		if (!list[n])
			return NULL;
		list += n + 1;
	}
}

/* Digits only, at least one; *end is after them. */
static bool read_number(const char *s, uint64_t *v, const char **end)
{
	char *stop;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*v = strtoull(s, &stop, 10);
	*end = stop;
	return errno == 0;
}

static bool add_range(struct print_select *s, const char *word)
{
	struct print_range range = {1, UINT64_MAX};
	const char *p = word;

	if (*p != '-') {
		if (!read_number(p, &range.first, &p))
			return false;
		if (!*p)
			range.last = range.first;
	}
	if (*p == '-') {
		p++;
		if (*p && !read_number(p, &range.last, &p))
			return false;
	}
	if (*p || strcmp(word, "-") == 0 || range.first == 0 || range.last < range.first)
		return false;
	*ARRAY_ADD(s->ranges, s->nranges) = range;
	return true;
}

static int range_cmp(const void *a, const void *b)
{
	const struct print_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

const char *print_select_ranges(struct print_select *s, const char *list)
{
	const char *wrong = each(s, list, add_range);
	size_t n = 0;

	if (wrong)
		return wrong;
	qsort(s->ranges, s->nranges, sizeof(*s->ranges), range_cmp);
	for (size_t i = 1; i < s->nranges; i++) {
		struct print_range *last = &s->ranges[n];

		if (last->last == UINT64_MAX || s->ranges[i].first <= last->last + 1) {
			if (s->ranges[i].last > last->last)
				last->last = s->ranges[i].last;
		} else {
			s->ranges[++n] = s->ranges[i];
		}
	}
	s->nranges = n + 1;
	return NULL;
}

static bool add_tid(struct print_select *s, const char *word)
{
	const char *end;
	uint64_t v;

	if (!read_number(word, &v, &end) || *end || v == 0 || v > INT32_MAX)
		return false;
	*ARRAY_ADD(s->tids, s->ntids) = v;
	return true;
}

const char *print_select_tids(struct print_select *s, const char *list)
{
	return each(s, list, add_tid);
}

static bool add_kind(struct print_select *s, const char *word)
{
	int kind = print_kind_find(word);

	if (kind < 0)
		return false;
	s->kinds |= 1u << kind;
	return true;
}

const char *print_select_kinds(struct print_select *s, const char *list)
{
	return each(s, list, add_kind);
}

static bool add_call(struct print_select *s, const char *word)
{
	int nr = systab_find(word);

	if (nr < 0 || nr >= SYSTAB_MAX)
		return false;
	s->calls[nr / 64] |= 1ull << nr % 64;
	s->has_calls = true;
	return true;
}

const char *print_select_calls(struct print_select *s, const char *list)
{
	return each(s, list, add_call);
}

void print_select_free(struct print_select *s)
{
	print_records_free(&s->unselected);
	free(s->ranges);
	free(s->tids);
	*s = (struct print_select){0};
}

static bool tid_selected(const struct print_select *s, int32_t tid)
{
	for (size_t i = 0; i < s->ntids; i++)
		if (s->tids[i] == tid)
			return true;
	return s->ntids == 0;
}

static bool call_selected(const struct print_select *s, const struct trace_event *ev)
{
	if (!s->has_calls)
		return true;
	if (ev->kind != EV_SYSCALL && ev->kind != EV_ENTER && ev->kind != EV_CLONE)
		return false;
	return ev->sysno < SYSTAB_MAX && (s->calls[ev->sysno / 64] >> ev->sysno % 64 & 1);
}

bool print_selected(const struct print_select *s, const struct trace_event *ev)
{
	if (s->kinds && !(ev->kind < 32 && (s->kinds >> ev->kind & 1)))
		return false;
	return tid_selected(s, ev->tid) && call_selected(s, ev);
}

/* Makes the reader's next event one that is in a range. 0: no range is left. */
static int enter_range(const struct print_select *s, size_t *range, struct trace_reader *r,
		       uint64_t done)
{
	size_t i = *range, before = *range;

	while (i > 0 && i <= s->nranges && done >= s->ranges[i - 1].last)
		*range = ++i;
	if (i > s->nranges)
		return 0;
	if (i == 0)
		i = 1;
	if (i == before)
		return 1;
	*range = i;
	if (s->ranges[i - 1].first > 1 && !s->follow && trace_seek(r, s->ranges[i - 1].first) < 0)
		return -1;
	return 1;
}

bool print_select_done(const struct print_select *s, size_t range)
{
	return s->nranges && range > s->nranges;
}

/* An EV_ENTER that is not selected has in-parameters that the selected call may need. */
static bool join_unselected(struct print_select *s, struct trace_reader *r,
			    const struct trace_event *ev)
{
	if (!s->inputs || ev->kind != EV_ENTER || !tid_selected(s, ev->tid) ||
	    !call_selected(s, ev))
		return true;
	if (print_records_load(&s->unselected, r, TRACE_DATA_MAX) < 0)
		return false;
	print_inputs_join(s->inputs, ev, &s->unselected);
	return true;
}

int print_select_next(struct print_select *s, size_t *range, struct trace_reader *r,
		      struct trace_event *ev)
{
	bool wanted;
	int got;

	do {
		if (s->nranges) {
			got = enter_range(s, range, r, ev->num);
			if (got <= 0)
				return got;
		}
		got = trace_next(r, ev);
		if (got <= 0)
			return got;
		wanted = print_selected(s, ev) &&
			 (!s->nranges || ev->num >= s->ranges[*range - 1].first);
		if (!wanted && !join_unselected(s, r, ev))
			return -1;
	} while (!wanted);
	return 1;
}
