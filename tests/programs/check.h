/* What every tracee in this directory shares. Include it first: it turns on the GNU interfaces.
 * stdout is line buffered, so that a fork never copies unwritten output. */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Ends the process with status 1 if cond is false; safe in forked children and in handlers' spirit. */
#define CHECK(cond)                                                                         \
	do {                                                                                \
		if (!(cond)) {                                                              \
			printf("%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #cond, errno); \
			fflush(stdout);                                                     \
			_exit(1);                                                           \
		}                                                                           \
	} while (0)

/* Ends the program with status 77: the machine lacks what it wants to show. */
#define SKIP(why)                          \
	do {                               \
		printf("skip: %s\n", why); \
		fflush(stdout);            \
		_exit(77);                 \
	} while (0)

__attribute__((constructor)) static void check_setup(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}

#endif
