/* zlib streams (RFC 1950) of whole buffers, and CRC-32 (RFC 1952, 8). The Makefile's CODEC chooses
 * libdeflate or zlib. Each reads what the other writes, though the bytes differ. The program ends
 * if memory runs out (alloc.h). */
#ifndef RR_DEFLATE_H
#define RR_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deflater;
/* level: 0 stores, 1 is fast, 12 is small (zlib uses 9 for higher levels). */
struct deflater *deflater_new(int level);
void deflater_free(struct deflater *d);
/* The number of bytes written to out; 0: there is not enough room. */
size_t deflater_run(struct deflater *d, const void *in, size_t n, void *out, size_t room);

struct inflater;
struct inflater *inflater_new(void);
void inflater_free(struct inflater *i);
/* Inflates n bytes to out. True if they are one whole stream of exactly n_out bytes. */
bool inflater_run(struct inflater *i, const void *in, size_t n, void *out, size_t n_out);

/* The CRC of n more bytes after those of `crc` (0: none before). */
uint32_t crc32_add(uint32_t crc, const void *bytes, size_t n);

#endif
