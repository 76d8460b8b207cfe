/* CLONE_PARENT_SETTID, CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID write the id where they should,
 * and the last one wakes a futex. */
#include "check.h"

#include <linux/futex.h>
#include <sys/syscall.h>

static char stack[65536] __attribute__((aligned(16)));
static int parent_tid, child_tid, gate;

static int run(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&gate, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, &gate, FUTEX_WAIT, 0, NULL);
	CHECK(child_tid == getpid() && parent_tid == getpid());
	return 0;
}

int main(void)
{
	int flags = CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
	    seen;
	pid_t child = clone(run, stack + sizeof(stack), flags | SIGCHLD, NULL, &parent_tid, NULL,
			    &child_tid);

	CHECK(child > 0);
	CHECK(parent_tid == child);
	__atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, &gate, FUTEX_WAKE, 1);
	CHECK(status_of(child) == 0);
	seen = __atomic_load_n(&child_tid, __ATOMIC_ACQUIRE);
	printf("child %d parent_tid %d child_tid %d\n", (int)child, parent_tid, seen);
	CHECK(seen == 0);
	puts("ok");
	return 0;
}
