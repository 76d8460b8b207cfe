/* Prints a call's result and a digest of the memory that it may have written, for calls that a
 * kernel or a container may refuse: a replay must print the same. */
#ifndef SHOW_CALL_H
#define SHOW_CALL_H

#include "check.h"

#include <sys/syscall.h>

static inline void show_call(const char *name, long result, const void *memory, size_t size)
{
	const unsigned char *p = memory;
	unsigned long digest = 14695981039346656037ul; /* FNV-1a */
	int error = result < 0 ? errno : 0;

	for (size_t i = 0; i < size; i++)
		digest = (digest ^ p[i]) * 1099511628211ul;
	printf("%s = %ld %s %lx\n", name, result, error ? strerror(error) : "", digest);
}

#endif
