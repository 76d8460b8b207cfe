#include "util/deflate.h"

#include "gen/codec.h"
#include "util/alloc.h"

#ifdef CODEC_LIBDEFLATE
#include <libdeflate.h>

static void *allocated(void *p)
{
	if (!p)
		alloc_fail();
	return p;
}

struct deflater *deflater_new(int level)
{
	return allocated(libdeflate_alloc_compressor(level));
}

void deflater_free(struct deflater *d)
{
	libdeflate_free_compressor((struct libdeflate_compressor *)d);
}

size_t deflater_run(struct deflater *d, const void *in, size_t n, void *out, size_t room)
{
	return libdeflate_zlib_compress((struct libdeflate_compressor *)d, in, n, out, room);
}

struct inflater *inflater_new(void)
{
	return allocated(libdeflate_alloc_decompressor());
}

void inflater_free(struct inflater *i)
{
	libdeflate_free_decompressor((struct libdeflate_decompressor *)i);
}

bool inflater_run(struct inflater *i, const void *in, size_t n, void *out, size_t n_out)
{
	size_t used;

	return libdeflate_zlib_decompress_ex((struct libdeflate_decompressor *)i, in, n, out, n_out,
					     &used, NULL) == LIBDEFLATE_SUCCESS &&
	       used == n;
}

uint32_t crc32_add(uint32_t crc, const void *bytes, size_t n)
{
	return libdeflate_crc32(crc, bytes, n);
}
#else
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct deflater {
	z_stream z;
};

struct inflater {
	z_stream z;
};

/* Prepares to process the whole buffer in one step. False: it is too long for zlib, which counts in
 * unsigned ints. */
static bool step_prepare(z_stream *z, const void *in, size_t n, void *out, size_t room)
{
	z->next_in = (void *)in;
	z->avail_in = (uInt)n;
	z->next_out = out;
	z->avail_out = room < UINT_MAX ? (uInt)room : UINT_MAX;
	return n <= UINT_MAX;
}

struct deflater *deflater_new(int level)
{
	struct deflater *d = xcalloc(1, sizeof(*d));

	if (deflateInit(&d->z, level < Z_BEST_COMPRESSION ? level : Z_BEST_COMPRESSION) != Z_OK)
		alloc_fail();
	return d;
}

void deflater_free(struct deflater *d)
{
	if (d)
		deflateEnd(&d->z);
	free(d);
}

size_t deflater_run(struct deflater *d, const void *in, size_t n, void *out, size_t room)
{
	if (deflateReset(&d->z) != Z_OK || !step_prepare(&d->z, in, n, out, room))
		return 0;
	return deflate(&d->z, Z_FINISH) == Z_STREAM_END ? d->z.total_out : 0;
}

struct inflater *inflater_new(void)
{
	struct inflater *i = xcalloc(1, sizeof(*i));

	if (inflateInit(&i->z) != Z_OK)
		alloc_fail();
	return i;
}

void inflater_free(struct inflater *i)
{
	if (i)
		inflateEnd(&i->z);
	free(i);
}

bool inflater_run(struct inflater *i, const void *in, size_t n, void *out, size_t n_out)
{
	return inflateReset(&i->z) == Z_OK && step_prepare(&i->z, in, n, out, n_out) &&
	       inflate(&i->z, Z_FINISH) == Z_STREAM_END && i->z.avail_in == 0 &&
	       i->z.total_out == n_out;
}

uint32_t crc32_add(uint32_t crc, const void *bytes, size_t n)
{
	return (uint32_t)crc32_z(crc, bytes, n);
}
#endif
