#include "trace/meta.h"
#include "util/deflate.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FILE_SIZE_CRC "%" PRIu64 ":%08" PRIx32

int version_format(const struct trace_version *v, char line[VERSION_MAX])
{
	const uint64_t *size = v->sizes;
	const uint32_t *crc = v->crcs;
	int n = snprintf(line, VERSION_MAX,
			 "rr-trace %d %s last=%" PRIu64 " args_env=" FILE_SIZE_CRC
			 " events=" FILE_SIZE_CRC " mmaps=" FILE_SIZE_CRC " data=" FILE_SIZE_CRC,
			 TRACE_FORMAT, v->uuid, v->events, v->args_env_size, v->args_env_crc,
			 size[STREAM_EVENTS], crc[STREAM_EVENTS], size[STREAM_MMAPS],
			 crc[STREAM_MMAPS], size[STREAM_DATA], crc[STREAM_DATA]);
	return n + snprintf(line + n, VERSION_MAX - (size_t)n, " crc32=%08" PRIx32 "\n",
			    crc32_add(0, line, (size_t)n));
}

#define SCAN_SIZE_CRC "%20" SCNu64 ":%8" SCNx32

/* Whether the line ends in the checksum of what is before it. */
static bool checksum_right(const char *text, size_t len)
{
	static const size_t last = sizeof(" crc32=xxxxxxxx\n") - 1;
	char want[sizeof(" crc32=xxxxxxxx\n")];

	if (len < last)
		return false;
	snprintf(want, sizeof(want), " crc32=%08" PRIx32 "\n", crc32_add(0, text, len - last));
	return memcmp(text + len - last, want, last) == 0;
}

const char *version_parse(const char *text, size_t len, struct trace_version *v)
{
	static char why[80];
	char again[VERSION_MAX];
	unsigned format;
	int parsed = 0;

	memset(v, 0, sizeof(*v));
	if (sscanf(text, "rr-trace %9u%n.%9u%n", &format, &parsed, &v->minor, &parsed) < 1)
		return "not the version of a trace";
	if (format != TRACE_FORMAT) {
		snprintf(why, sizeof(why), "format %u, this program reads %d", format,
			 TRACE_FORMAT);
		return why;
	}
	uint64_t *size = v->sizes;
	uint32_t *crc = v->crcs;
	if (sscanf(text + parsed,
		   " %36s last=%20" SCNu64 " args_env=" SCAN_SIZE_CRC " events=" SCAN_SIZE_CRC
		   " mmaps=" SCAN_SIZE_CRC " data=" SCAN_SIZE_CRC,
		   v->uuid, &v->events, &v->args_env_size, &v->args_env_crc, &size[STREAM_EVENTS],
		   &crc[STREAM_EVENTS], &size[STREAM_MMAPS], &crc[STREAM_MMAPS], &size[STREAM_DATA],
		   &crc[STREAM_DATA]) != 10)
		return "cut short or damaged";
	/* A line of this version must be exactly what would be written for its values; newer ones
	 * may have more fields. */
	if (!checksum_right(text, len) ||
	    (!v->minor && ((size_t)version_format(v, again) != len || memcmp(again, text, len))))
		return "wrong checksum";
	return NULL;
}
