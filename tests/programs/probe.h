/* Whether memory can be read and written, found out by the program's own loads and stores: a replay
 * makes those, where it only repeats what calls have answered. */
#ifndef PROBE_H
#define PROBE_H

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf probe_fault;

static void probe_caught(int sig)
{
	(void)sig;
	siglongjmp(probe_fault, 1);
}

__attribute__((constructor)) static void probe_setup(void)
{
	signal(SIGSEGV, probe_caught);
	signal(SIGBUS, probe_caught);
}

/* 'w': it can be written, 'r': only read, '-': neither. A byte that is written stays as it is. */
static inline char probe(volatile char *at)
{
	volatile char can = '-';

	if (sigsetjmp(probe_fault, 1))
		return can;
	char was = *at;
	can = 'r';
	*at = was;
	return 'w';
}

/* The byte there, '.' for 0, '#' if it cannot be read. */
static inline char peek(volatile char *at)
{
	if (sigsetjmp(probe_fault, 1))
		return '#';
	return *at ? *at : '.';
}

/* What probe() says of each of n pages, in a buffer that lasts until the next call. */
static inline const char *probe_pages(volatile char *at, int n)
{
	static char text[64];

	for (int i = 0; i < n; i++)
		text[i] = probe(at + i * 4096);
	text[n] = 0;
	return text;
}

#endif
