/* zlib streams (RFC 1950) of whole buffers, and their CRC-32 (RFC 1952, 8). The code is
 * libdeflate's or zlib's, as the Makefile's CODEC says; either reads what the other writes, though
 * the bytes differ. Out of memory is the end of the program: util.h. */
#ifndef RR_DEFLATE_H
#define RR_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deflater;
/* level: 0 stores, 1 is fast, 12 is small (zlib makes 9 of what is above). */
struct deflater *deflater_new(int level);
void deflater_free(struct deflater *d);
/* Bytes written to out; 0: there is not enough room. */
size_t deflater_run(struct deflater *d, const void *in, size_t n, void *out, size_t room);

struct inflater;
struct inflater *inflater_new(void);
void inflater_free(struct inflater *i);
/* Whether the n bytes are one whole stream that inflates to exactly n_out bytes. */
bool inflater_run(struct inflater *i, const void *in, size_t n, void *out, size_t n_out);

/* The CRC of what went before (0: nothing) and these bytes. */
uint32_t crc32_add(uint32_t crc, const void *bytes, size_t n);

#endif
