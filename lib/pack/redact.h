/* What matches a pattern, replaced by asterisks, byte by byte. Private to lib/pack. */
#ifndef RR_REDACT_H
#define RR_REDACT_H

#include <stddef.h>
#include <stdint.h>

struct redaction;

/* Of POSIX extended regular expressions; NULL and trace_strerror(). */
struct redaction *redact_new(const char *const *patterns);
void redact_free(struct redaction *r);
/* Both return how many places match. */
size_t redact_bytes(const struct redaction *r, uint8_t *bytes, size_t n);
size_t redact_count(const struct redaction *r, const uint8_t *bytes, size_t n);

#endif
