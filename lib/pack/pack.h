/* Makes traces that travel: with copies of every file that their mappings need, in place, in a
 * directory with others, or as a pax archive; smaller, shorter, without secrets. Unpacks archives
 * of others without harm. This is the floor's door.
 *
 * Functions return 0, or -1 and trace_strerror(); then nothing has been changed. A trace of NULL is
 * the latest. Warnings go to stderr. */
#ifndef RR_PACK_H
#define RR_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct pack_options {
	/* At most one of both; neither: in place. */
	const char *output; /* an archive, "-": standard output */
	const char *into;   /* a directory of traces */
	uint64_t last;      /* only up to this event; 0: all */
	bool compress;      /* compress all blocks once more, at `level` 1 to 12 */
	int level;
	bool strip_env; /* remove the environment */
	/* POSIX extended regular expressions, NULL-terminated; what matches is replaced. NULL:
	 * none. */
	const char **redact;
	bool debug;            /* add debug information from `debug_dir` */
	const char *debug_dir; /* NULL: /usr/lib/debug */
};

int pack_trace(const char *trace, const struct pack_options *o);
/* Prints what pack_trace() would add, a line a file. -1: it would fail, as something is missing. */
int pack_print_plan(const char *trace, const struct pack_options *o, FILE *out);
/* Prints the source files that debug information of the trace's programs names, a line each. */
int pack_print_sources(const char *trace, const struct pack_options *o, FILE *out);

struct unpack_limits {
	uint64_t size; /* bytes of all files together, holes included */
	uint64_t files;
};
#define UNPACK_SIZE (16ull << 30)
#define UNPACK_FILES 10000ull

/* Unpacks an archive ("-": standard input) into a new directory `dir`; NULL: named as in the
 * archive, in the current directory. */
int pack_unpack(const char *archive, const char *dir, const struct unpack_limits *limits);

#endif
