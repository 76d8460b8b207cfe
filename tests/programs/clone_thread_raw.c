/* A thread made by clone itself: same process id, its own thread id, gone with SYS_exit. */
#include "check.h"

#include <linux/futex.h>
#include <sys/syscall.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int thread_pid, thread_tid;
static int alive;

static int run(void *arg)
{
	(void)arg;
	thread_pid = (int)syscall(SYS_getpid);
	thread_tid = (int)syscall(SYS_gettid);
	return 0;
}

int main(void)
{
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
		    CLONE_CHILD_CLEARTID,
	    tid;

	alive = 1;
	tid = clone(run, stack + sizeof(stack), flags, NULL, NULL, NULL, &alive);
	CHECK(tid > 0);
	while (__atomic_load_n(&alive, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, &alive, FUTEX_WAIT, 1, NULL);
	printf("process %d thread %d\n", thread_pid, thread_tid);
	CHECK(thread_pid == getpid() && thread_tid == tid && tid != getpid());
	CHECK(waitpid(-1, NULL, __WALL) == -1 && errno == ECHILD);
	puts("ok");
	return 0;
}
