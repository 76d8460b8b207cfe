/* Growing arrays, and the search in sorted ones.
 *
 * An array is a pointer, NULL at first, and the number of its elements; both may be members of any
 * struct. It has room for the next power of two of elements, so nothing else needs to be kept, and
 * every one of them must have been made with what is declared here (ARRAY_COPY for a copy). free()
 * ends it. Out of memory, or of size_t, is the end of the program: alloc.h. */
#ifndef RR_ARRAY_H
#define RR_ARRAY_H

#include <stddef.h>

/* Appends `more` elements, which are not set: a pointer to the first. */
#define ARRAY_ADD_N(v, n, more) \
	({ \
		size_t more_ = (more); \
		(v) = array_grow((v), (n), more_, sizeof(*(v))); \
		(n) += more_; \
		(v) + ((n)-more_); \
	})
/* Appends one: *ARRAY_ADD(v, n) = element. An array whose length is no power of two has room. */
#define ARRAY_ADD(v, n) \
	({ \
		if (!((n) & ((n)-1))) \
			(v) = array_grow((v), (n), 1, sizeof(*(v))); \
		(v) + (n)++; \
	})
/* Inserts an uninitialized element at index `at`: a pointer to it. */
#define ARRAY_INSERT(v, n, at) \
	({ \
		(v) = array_insert((v), (n), (at), sizeof(*(v))); \
		(n)++; \
		(v) + (at); \
	})
/* Removes the element at index `at`; the others keep their order. */
#define ARRAY_REMOVE(v, n, at) array_remove((v), (n)--, (at), sizeof(*(v)))
/* An array with the same elements. */
#define ARRAY_COPY(v, n) ((__typeof__(v))array_copy((v), (n), sizeof(*(v))))

/* The first index i of 0 to n - 1 for which `past`, an expression over i, is true; n if there is
 * none. `past` must be false before that index and true from it on. */
#define ARRAY_SEARCH(i, n, past) \
	({ \
		size_t low_ = 0, high_ = (n); \
		while (low_ < high_) { \
			size_t i = low_ + (high_ - low_) / 2; \
			if (past) \
				high_ = i; \
			else \
				low_ = i + 1; \
		} \
		low_; \
	})

void *array_grow(void *v, size_t n, size_t more, size_t size);
void *array_insert(void *v, size_t n, size_t at, size_t size);
void array_remove(void *v, size_t n, size_t at, size_t size);
void *array_copy(const void *v, size_t n, size_t size);

#endif
