/* Replaces what matches a pattern by asterisks, byte by byte. Private to lib/pack. */
#ifndef RR_PACK_REDACT_H
#define RR_PACK_REDACT_H

#include <stddef.h>
#include <stdint.h>

struct redaction;

/* Of POSIX extended regular expressions; NULL and trace_strerror() if one is wrong. */
struct redaction *pack_redact_new(const char *const *patterns);
void pack_redact_free(struct redaction *r);
/* Both return the number of matches; the first replaces them. */
size_t pack_redact_bytes(const struct redaction *r, uint8_t *bytes, size_t n);
size_t pack_redact_count(const struct redaction *r, const uint8_t *bytes, size_t n);

#endif
