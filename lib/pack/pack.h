/* Traces made to travel: with copies of every file that their mappings need, in place, in a
 * directory with others, or as a pax archive; smaller, shorter, without secrets; and archives of
 * others unpacked without harm. */
#ifndef RR_PACK_H
#define RR_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct pack_options {
	/* an archive, "-": standard output. Neither this nor `into`: in place */
	const char *output;
	const char *into; /* a directory of traces */
	uint64_t last;    /* only up to this event; 0: all */
	bool compress;    /* all blocks anew, at `level` 0 to 9 */
	int level;
	bool strip_env;
	/* POSIX extended regular expressions, NULL-terminated; may be NULL */
	const char **redact;
	bool debug;            /* debug information of `debug_dir` too */
	const char *debug_dir; /* NULL: /usr/lib/debug */
};

/* All return 0, or -1 and trace_strerror(): nothing has been changed then. `trace` NULL: the
 * latest. Lines that are not errors go to stderr. */
int pack_trace(const char *trace, const struct pack_options *o);
/* What pack_trace would add, a line a file. -1: it would fail, as something is missing. */
int pack_plan(const char *trace, const struct pack_options *o, FILE *out);
/* The source files that the debug information of a trace's programs tells of, a line each. */
int pack_sources(const char *trace, const struct pack_options *o, FILE *out);

struct unpack_limits {
	uint64_t size; /* of all files together, bytes, holes included */
	uint64_t files;
};
#define UNPACK_SIZE (16ull << 30)
#define UNPACK_FILES 10000ull

/* The archive, "-": standard input, to a directory that is not there yet, NULL: as in the archive.
 */
int pack_unpack(const char *archive, const char *dir, const struct unpack_limits *limits);

#endif
