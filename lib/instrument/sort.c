/* Sorts large tables by addresses. Many are sorted already, or are two sorted parts. */
#include "instrument/rewrite.h"
#include "util/alloc.h"

#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 3, VALUES = 1 << DIGIT_BITS, SMALL = 48 };

static uint32_t key_at(const char *v, size_t i, size_t size, size_t key)
{
	uint32_t k;

	memcpy(&k, v + i * size + key, sizeof(k));
	return k;
}

/* The end of the sorted part that begins at `from`. */
static size_t run_end(const char *v, size_t from, size_t n, size_t size, size_t key)
{
	size_t i = from + 1;

	while (i < n && key_at(v, i - 1, size, key) <= key_at(v, i, size, key))
		i++;
	return i < n ? i : n;
}

/* Merges the sorted parts [0, middle) and [middle, n), from their ends. */
static void merge(char *v, size_t middle, size_t n, size_t size, size_t key)
{
	size_t a = middle, b = n - middle, to = n;
	char *second = xmalloc(b * size);

	memcpy(second, v + middle * size, b * size);
	while (b) {
		bool first = a && key_at(v, a - 1, size, key) > key_at(second, b - 1, size, key);
		const char *from = first ? v + --a * size : second + --b * size;
		memcpy(v + --to * size, from, size);
	}
	free(second);
}

static void insert_each(char *v, size_t n, size_t size, size_t key)
{
	char one[64];

	for (size_t i = 1; i < n; i++) {
		size_t to = i;
		while (to && key_at(v, to - 1, size, key) > key_at(v, i, size, key))
			to--;
		if (to == i)
			continue;
		memcpy(one, v + i * size, size);
		memmove(v + (to + 1) * size, v + to * size, (i - to) * size);
		memcpy(v + to * size, one, size);
	}
}

/* Copies elements in the order of one digit of their keys. count: elements of each value. */
static void distribute(const char *from, char *to, size_t n, size_t size, size_t key,
		       unsigned digit, const size_t *count)
{
	size_t place[VALUES], sum = 0;

	for (unsigned i = 0; i < VALUES; i++) {
		place[i] = sum;
		sum += count[i];
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t value = key_at(from, i, size, key) >> (digit * DIGIT_BITS) & (VALUES - 1);
		memcpy(to + place[value]++ * size, from + i * size, size);
	}
}

static void radix_sort(char *v, size_t n, size_t size, size_t key)
{
	size_t(*count)[VALUES] = xcalloc(DIGITS, sizeof(*count));
	char *other = xmalloc(n * size), *from = v, *to = other;

	for (size_t i = 0; i < n; i++)
		for (unsigned d = 0; d < DIGITS; d++)
			count[d][key_at(v, i, size, key) >> (d * DIGIT_BITS) & (VALUES - 1)]++;
	for (unsigned d = 0; d < DIGITS; d++) {
		if (count[d][key_at(v, 0, size, key) >> (d * DIGIT_BITS) & (VALUES - 1)] == n)
			continue;
		distribute(from, to, n, size, key, d, count[d]);
		char *swap = from;
		from = to;
		to = swap;
	}
	if (from != v)
		memcpy(v, from, n * size);
	free(other);
	free(count);
}

void rewrite_sort(void *v, size_t n, size_t size, size_t key)
{
	if (n < 2)
		return;
	size_t middle = run_end(v, 0, n, size, key);
	if (middle == n)
		return;
	if (n < SMALL)
		insert_each(v, n, size, key);
	else if (run_end(v, middle, n, size, key) == n)
		merge(v, middle, n, size, key);
	else
		radix_sort(v, n, size, key);
}
