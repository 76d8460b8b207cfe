/* The two small files of a trace, args_env and version. Private to lib/trace. */
#ifndef RR_TRACE_META_H
#define RR_TRACE_META_H

#include "trace/block.h"
#include "trace/trace.h"

#include <stdint.h>

#define UUID_LEN 36 /* characters */

/* The contents of args_env; malloc'd. */
char *meta_format(const struct trace_meta *m, const char *uuid, size_t *len);
/* NULL, or what is wrong, in a buffer that lasts until the next call. Fills in m and uuid[UUID_LEN
 * + 1]. */
const char *meta_parse(const char *text, size_t len, struct trace_meta *m, char *uuid);

struct trace_version {
	char uuid[UUID_LEN + 1];
	unsigned minor;  /* of the format; fields of newer ones are ignored */
	uint64_t events; /* the last event's number */
	uint64_t sizes[NSTREAMS], args_env_size;
	uint32_t crcs[NSTREAMS], args_env_crc;
};

/* The line, with its newline. Returns its length. */
enum { VERSION_MAX = 512 };
int version_format(const struct trace_version *v, char line[VERSION_MAX]);
/* NULL, or what is wrong, as meta_parse. */
const char *version_parse(const char *text, size_t len, struct trace_version *v);

#endif
