#include "trace/systab.h"

#include <string.h>

const struct sys_desc *systab_get(uint64_t nr)
{
	if (nr >= SYSTAB_MAX || !systab[nr].name)
		return NULL;
	return &systab[nr];
}

int systab_find(const char *name)
{
	unsigned lo = 0, hi = SYSTAB_CALLS;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;
		int c = strcmp(name, systab[systab_by_name[mid]].name);

		if (c == 0)
			return systab_by_name[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return -1;
}
