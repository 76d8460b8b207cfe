/* Calls through the kernel's own page, as programs from before 2011 make them: three that need no
 * other context than their arguments. The kernel would emulate them too, but without a stop at
 * their exit, so the recorder makes them itself. Recording. */
#include "kernel/handler.h"

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The bytes that it writes for the task, by argument; NULL: none. */
static bool put(struct call *c, int arg, const void *bytes, size_t n)
{
	return !c->args[arg] || !task_write_checked(c->t, c->args[arg], bytes, n);
}

bool kernel_old_call(struct call *c)
{
	struct timeval tv;
	struct timezone tz;
	time_t now;
	unsigned cpu, node;

	switch (c->nr) {
	case SYS_gettimeofday:
		c->result = syscall(SYS_gettimeofday, &tv, &tz);
		return put(c, 0, &tv, sizeof(tv)) && put(c, 1, &tz, sizeof(tz));
	case SYS_getcpu:
		c->result = syscall(SYS_getcpu, &cpu, &node, NULL);
		return put(c, 0, &cpu, sizeof(cpu)) && put(c, 1, &node, sizeof(node));
	default: /* time(2), which other machines lack */
		c->result = now = time(NULL);
		return put(c, 0, &now, sizeof(now));
	}
}
