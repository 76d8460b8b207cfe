/* What all tracees of this directory share. Include it first, because it turns on the GNU
 * interfaces. stdout is line buffered, so that a fork never copies unwritten output. */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends the process with status 1 if cond is false. It works in forked children, too. */
#define CHECK(cond) \
	do { \
		if (!(cond)) { \
			printf("%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #cond, errno); \
			fflush(stdout); \
			_exit(1); \
		} \
	} while (0)

/* Ends the program with status 77, because the machine lacks what the program shows. */
#define SKIP(why) \
	do { \
		printf("skip: %s\n", why); \
		fflush(stdout); \
		_exit(77); \
	} while (0)

__attribute__((constructor)) static void check_setup(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}

/* Waits for the child to end; its wait status. */
static inline int status_of(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, __WALL) == pid);
	return status;
}

/* Waits until the thread sleeps in the kernel (or is a zombie): it has reached the call it blocks
 * in. */
static inline void await_sleep(pid_t tid)
{
	char path[64], text[512], *state;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)tid);
	for (;;) {
		CHECK((fd = open(path, O_RDONLY | O_CLOEXEC)) >= 0);
		CHECK((got = read(fd, text, sizeof(text) - 1)) > 0);
		close(fd);
		text[got] = 0;
		CHECK(state = strrchr(text, ')'));
		if (state[2] == 'S' || state[2] == 'Z')
			return;
		sched_yield();
	}
}

#endif
