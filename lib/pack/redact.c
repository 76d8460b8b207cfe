#include "pack/redact.h"

#include "trace/error.h"
#include "util/alloc.h"
#include "util/array.h"

#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct redaction {
	regex_t *v;
	size_t n;
};

struct redaction *pack_redact_new(const char *const *patterns)
{
	struct redaction *r = xcalloc(1, sizeof(*r));
	char why[256];

	for (; *patterns; patterns++) {
		regex_t *regex = ARRAY_ADD(r->v, r->n);
		int error = regcomp(regex, *patterns, REG_EXTENDED);
		if (error) {
			regerror(error, regex, why, sizeof(why));
			r->n--;
			trace_fail("--redact: %s: %s", *patterns, why);
			pack_redact_free(r);
			return NULL;
		}
	}
	return r;
}

void pack_redact_free(struct redaction *r)
{
	for (size_t i = 0; r && i < r->n; i++)
		regfree(&r->v[i]);
	if (r)
		free(r->v);
	free(r);
}

/* Counts the matches that are not empty, from left to right. Unless `to` is NULL, replaces them
 * there.
 */
static size_t matches(const regex_t *re, const uint8_t *bytes, size_t n, uint8_t *to)
{
	regmatch_t m = {.rm_so = 0, .rm_eo = (regoff_t)n};
	size_t count = 0, at = 0;

	/* With REG_STARTEND a text may have NULs in it. */
	while (at < n &&
	       regexec(re, (const char *)bytes, 1, &m, REG_STARTEND | (at ? REG_NOTBOL : 0)) == 0) {
		if (m.rm_eo > m.rm_so) {
			if (to)
				memset(to + m.rm_so, '*', (size_t)(m.rm_eo - m.rm_so));
			count++;
		}
		at = m.rm_eo > m.rm_so ? (size_t)m.rm_eo : (size_t)m.rm_eo + 1;
		m = (regmatch_t){.rm_so = (regoff_t)at, .rm_eo = (regoff_t)n};
	}
	return count;
}

size_t pack_redact_bytes(const struct redaction *r, uint8_t *bytes, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < r->n; i++)
		count += matches(&r->v[i], bytes, n, bytes);
	return count;
}

size_t pack_redact_count(const struct redaction *r, const uint8_t *bytes, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < r->n; i++)
		count += matches(&r->v[i], bytes, n, NULL);
	return count;
}
