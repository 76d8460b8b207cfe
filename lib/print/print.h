/* Events as text: what rr-dump prints, and what a replay prints of the events it goes through.
 *
 * One event is one line of six columns: event number, seconds since the recording began, task,
 * ticks, kind, detail. The detail of a call reads as strace(1) prints it; arguments come from the
 * registers, and what they point to from the event's data records, found by address, which may hold
 * only the beginning. What is printed is ASCII without control characters, whatever the recorded
 * bytes were.
 */
#ifndef RR_PRINT_H
#define RR_PRINT_H

#include "trace/trace.h"

#include <stdbool.h>
#include <stdio.h>

/* Copies of one event's records. Zero it before first use; the memory is used again by the next
 * load. In `data`, `len` is what was kept, and `fill_len` the record's true length, whatever its
 * kind. */
struct print_records {
	struct trace_data *data;
	size_t ndata;
	struct trace_map *maps;
	size_t nmaps;
	bool more;   /* the event owns data records that are not here: it had too many */
	bool memory; /* set by the caller: keep the bytes of DATA_SHARED and DATA_FILL too */

	size_t data_room, maps_room; /* private */
	uint8_t *heap;
	size_t heap_len, heap_room;
};

/* Reads the records of the event just read, at most max_bytes_per_record of each (TRACE_DATA_MAX is
 * all), and at most PRINT_RECORDS_BYTES together. -1 on damage: then what came before the damage is
 * there. */
#define PRINT_RECORDS_BYTES (8u << 20)
#define PRINT_RECORDS_MAX 65536u
int print_records_load(struct print_records *recs, struct trace_reader *r,
		       size_t max_bytes_per_record);
void print_records_free(struct print_records *recs);

/* What calls that have been entered and not returned have read: it comes with EV_ENTER, and is
 * wanted again for the whole call. Zero it before first use. */
struct print_inputs {
	struct print_input *tasks;
	size_t n, room, bytes;
	/* indices + 1: of the first with a hash, of the first that is free */
	uint32_t slots[1024], unused;
};
/* For every event, once its records are loaded: keeps those of an EV_ENTER, and adds what was kept
 * to those of a call that an EV_ENTER went before. */
void print_inputs_join(struct print_inputs *in, const struct trace_event *ev,
		       struct print_records *recs);
void print_inputs_free(struct print_inputs *in);

struct print_style {
	unsigned str_max; /* bytes shown of a buffer; 0: 32 */
	bool hex;         /* buffers and memory as hexadecimal digits */
	bool regs;        /* two more columns: registers before, and those that are others after */
	bool align;       /* columns of fixed width instead of TABs */
	bool json;        /* one JSON object a line, same names; the registers too when asked for */
	bool memory;      /* after the event, a line for each stretch of memory it wrote */
};

/* The line, with its newline; recs may be NULL. Write errors stay in `out` for ferror(3). */
void print_event(FILE *out, const struct trace_event *ev, const struct print_records *recs,
		 const struct print_style *style);
/* The names of the columns, as print_event would place them. */
void print_header(FILE *out, const struct print_style *style);
/* One line of -m: the five first columns with kind "memory", then address, length, bytes. False:
 * this record is not memory that was written, nothing printed. */
bool print_memory(FILE *out, const struct trace_event *ev, const struct trace_data *d,
		  const struct print_style *style);

/* "syscall", "enter", …; "?" if there is no such kind. */
const char *print_kind_name(unsigned kind);
/* The kind of that name, or -1. */
int print_kind_find(const char *name);

/* --- which events
 * ------------------------------------------------------------------------------------- */

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
	struct print_inputs *inputs;     /* not NULL: has events that are not selected join it */
	struct print_records unselected; /* private */
	bool follow; /* read, do not seek: what is asked for may not have been written yet */
};

/* Each takes a list separated by commas and adds it; NULL when well, else the element that is
 * wrong. */
const char *print_select_ranges(struct print_select *s, const char *list); /* N, N-M, N-, -M */
const char *print_select_tids(struct print_select *s, const char *list);
const char *print_select_kinds(struct print_select *s, const char *list);
const char *print_select_calls(struct print_select *s, const char *list);
void print_select_free(struct print_select *s);
/* Ranges aside: those are for print_select_next. */
bool print_selected(const struct print_select *s, const struct trace_event *ev);
/* trace_next, but only events that are selected; seeks over what lies between ranges. `*range` is
 * the caller's place; it and ev->num are 0 at first. Results as trace_next's. */
int print_select_next(struct print_select *s, size_t *range, struct trace_reader *r,
		      struct trace_event *ev);
/* No range is left: the end print_select_next told of is final, whatever else is written. */
bool print_select_done(const struct print_select *s, size_t range);

/* --- other views of a trace
 * --------------------------------------------------------------------------- */

/* Each reads events through print_select_next and prints one line a thing; 0, or -1 on damage after
 * printing what could be read. */
int print_tree(FILE *out, struct trace_reader *r, struct print_select *s,
	       const struct print_style *style, bool header);
int print_maps(FILE *out, struct trace_reader *r, struct print_select *s,
	       const struct print_style *style, bool header);
int print_summary(FILE *out, struct trace_reader *r, struct print_select *s,
		  const struct print_style *style, bool header);
void print_args(FILE *out, const struct trace_meta *meta, const struct print_style *style);

#endif
