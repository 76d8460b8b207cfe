/* A stream for what is printed for inputs. Whatever they contain, it must be ASCII without control
 * characters. */
#ifndef FUZZ_OUTPUT_H
#define FUZZ_OUTPUT_H

#include <stdio.h>
#include <stdlib.h>

static inline ssize_t output_take(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++)
		if ((text[i] < ' ' && text[i] != '\t' && text[i] != '\n') || text[i] > '~')
			abort();
	return (ssize_t)n;
}

static inline FILE *output_open(void)
{
	FILE *f = fopencookie(NULL, "w", (cookie_io_functions_t){.write = output_take});

	if (!f)
		abort();
	setvbuf(f, NULL, _IOFBF, 1 << 16);
	return f;
}

#endif
