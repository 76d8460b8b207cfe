/* Events as text: what rr-dump prints, and what a replay prints of the events it goes through.
 *
 * One event is one line of six columns: event number, seconds since the recording began, task,
 * ticks, kind, detail. The detail of a call reads as strace(1) prints it. Arguments come from the
 * registers. Memory comes from the event's data records, which are found by address and may hold
 * only its beginning. All output is ASCII without control characters, whatever was recorded.
 */
#ifndef RR_PRINT_H
#define RR_PRINT_H

#include "trace/trace.h"

#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stdio.h>

/* Copies of one event's records. Zero it before first use; each load overwrites the last. In
 * `data`, `len` is how many bytes were kept and `fill_len` the record's length, for every kind. */
struct print_records {
	struct trace_data *data;
	size_t ndata;
	struct trace_map *maps;
	size_t nmaps;
	bool more;   /* the event has more data records than are kept */
	bool memory; /* set by the caller: keep the bytes of DATA_SHARED and DATA_FILL too */

	uint8_t *heap; /* private */
	size_t heap_len;
};

/* Loads the records of the event just read: at most max_bytes_per_record bytes of each
 * (TRACE_DATA_MAX: all), and at most PRINT_RECORDS_BYTES together. -1 on damage; the records before
 * the damage are loaded. */
#define PRINT_RECORDS_BYTES (8u << 20)
#define PRINT_RECORDS_MAX 65536u
int print_records_load(struct print_records *recs, struct trace_reader *r,
		       size_t max_bytes_per_record);
void print_records_free(struct print_records *recs);

/* In-parameters of calls that have been entered and have not returned: the trace has them with the
 * EV_ENTER, and the line of the whole call needs them too. Zero it before first use. */
struct print_inputs {
	RB_HEAD(print_inputs_by_tid, print_input) by_tid;
	size_t n, bytes;
};
/* To be called for every event, after its records are loaded. Keeps the in-parameters of an
 * EV_ENTER, and adds them to the records of the same call's EV_SYSCALL. */
void print_inputs_join(struct print_inputs *in, const struct trace_event *ev,
		       struct print_records *recs);
void print_inputs_free(struct print_inputs *in);

struct print_style {
	unsigned str_max; /* bytes shown of a buffer; 0: 32 */
	bool hex;         /* buffers and memory as hexadecimal digits */
	bool regs;        /* two more columns: registers before, and those that differ after */
	bool align;       /* columns of fixed width instead of TABs */
	bool json;        /* one JSON object a line, same names; the registers too when asked for */
	bool memory;      /* after each event, a line for each range of memory it wrote */
};

/* The line, with its newline; recs may be NULL. Write errors stay in `out` for ferror(3). */
void print_event(FILE *out, const struct trace_event *ev, const struct print_records *recs,
		 const struct print_style *style);
/* The names of the columns, aligned as print_event does. */
void print_header(FILE *out, const struct print_style *style);
/* A line of the first five columns with kind "memory", then address, length and bytes. False, with
 * nothing printed: the record is not memory that the event wrote. */
bool print_memory(FILE *out, const struct trace_event *ev, const struct trace_data *d,
		  const struct print_style *style);

/* "syscall", "enter", …; "?" if there is no such kind. */
const char *print_kind_name(unsigned kind);
/* The kind of that name, or -1. */
int print_kind_find(const char *name);

/* --- which events --- */

struct print_range {
	uint64_t first, last;
};

/* Zero selects every event. */
struct print_select {
	struct print_range *ranges; /* sorted, apart from each other */
	size_t nranges;
	int32_t *tids;
	size_t ntids;
	unsigned kinds;    /* bit EV_* */
	uint64_t calls[8]; /* bit sysno */
	bool has_calls;
	struct print_inputs *inputs;     /* not NULL: events that are not selected join it too */
	struct print_records unselected; /* private */
	bool follow;                     /* read on, never seek: the trace is still being written */
};

/* Each adds a list separated by commas. NULL, or the first element that is wrong. */
const char *print_select_ranges(struct print_select *s, const char *list); /* N, N-M, N-, -M */
const char *print_select_tids(struct print_select *s, const char *list);
const char *print_select_kinds(struct print_select *s, const char *list);
const char *print_select_calls(struct print_select *s, const char *list);
void print_select_free(struct print_select *s);
/* Ranges are not looked at: print_select_next does that. */
bool print_selected(const struct print_select *s, const struct trace_event *ev);
/* trace_next for selected events only; seeks past what is between ranges. *range is the index of
 * the range it is in: 0 at first, as is ev->num. Returns what trace_next does. */
int print_select_next(struct print_select *s, size_t *range, struct trace_reader *r,
		      struct trace_event *ev);
/* No range is left: the end that print_select_next reported is final, even if the trace grows. */
bool print_select_done(const struct print_select *s, size_t range);

/* --- other views of a trace --- */

/* Each reads all selected events and prints one line for each task, mapping or call. -1 on damage,
 * after printing what could be read. */
int print_tree(FILE *out, struct trace_reader *r, struct print_select *s,
	       const struct print_style *style, bool header);
int print_maps(FILE *out, struct trace_reader *r, struct print_select *s,
	       const struct print_style *style, bool header);
int print_summary(FILE *out, struct trace_reader *r, struct print_select *s,
		  const struct print_style *style, bool header);
void print_args(FILE *out, const struct trace_meta *meta, const struct print_style *style);

#endif
