/* CLONE_CHILD_CLEARTID: a waiter on the futex word is woken when the task ends. */
#include "check.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>

static char stack[65536] __attribute__((aligned(16)));
static int word;

static int run(void *arg)
{
	(void)arg;
	sched_yield();
	return 0;
}

int main(void)
{
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
		    CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	int tid, i;

	for (i = 0; i < 10; i++) {
		CHECK(clone(run, stack + sizeof(stack), flags, NULL, &word, NULL, &word) > 0);
		while ((tid = __atomic_load_n(&word, __ATOMIC_ACQUIRE))) {
			printf("waiting for %d\n", tid);
			if (syscall(SYS_futex, &word, FUTEX_WAIT, tid, NULL))
				CHECK(errno == EAGAIN);
		}
	}
	puts("ok");
	return 0;
}
