#include "util/array.h"

#include "util/alloc.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

/* The next power of two; 0 if size_t has none. */
static size_t room_for(size_t n)
{
	if (n <= 1)
		return n;
	int bits = (int)sizeof(n) * CHAR_BIT - __builtin_clzl(n - 1);
	return bits < (int)sizeof(n) * CHAR_BIT ? (size_t)1 << bits : 0;
}

void *array_grow(void *v, size_t n, size_t more, size_t size)
{
	size_t want, bytes;

	if (__builtin_add_overflow(n, more, &want))
		alloc_fail();
	size_t room = room_for(want);
	if (v && room && room == room_for(n))
		return v;
	if ((want && !room) || __builtin_mul_overflow(room, size, &bytes))
		alloc_fail();
	return xrealloc(v, bytes);
}

void *array_insert(void *v, size_t n, size_t at, size_t size)
{
	assert(at <= n);
	v = array_grow(v, n, 1, size);
	char *place = (char *)v + at * size;
	memmove(place + size, place, (n - at) * size);
	return v;
}

void array_remove(void *v, size_t n, size_t at, size_t size)
{
	assert(at < n);
	char *place = (char *)v + at * size;
	memmove(place, place + size, (n - at - 1) * size);
}

void *array_copy(const void *v, size_t n, size_t size)
{
	if (!n)
		return NULL;
	return memcpy(array_grow(NULL, 0, n, size), v, n * size);
}
