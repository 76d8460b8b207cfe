/* A process spins on a flag in shared memory that its child sets, and the child on one of the
 * parent. */
#include "preempt.h"

#include <sys/mman.h>

struct shared {
	atomic_int flag[2];
	unsigned long turns[2];
};

static unsigned long await(atomic_int *flag, int value)
{
	unsigned long n;

	for (n = 0; atomic_load_explicit(flag, memory_order_acquire) != value; n++)
		;
	return n;
}

int main(void)
{
	struct shared *s =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;
	int i;

	CHECK(s != MAP_FAILED);
	child = fork();
	CHECK(child >= 0);
	for (i = 1; i <= 3; i++)
		if (child) {
			s->turns[0] += await(&s->flag[0], i);
			atomic_store(&s->flag[1], i);
		} else {
			atomic_store(&s->flag[0], i);
			s->turns[1] += await(&s->flag[1], i);
		}
	if (!child)
		_exit(7);
	CHECK(WEXITSTATUS(status_of(child)) == 7);
	printf("parent %lu, child %lu turns\n", s->turns[0], s->turns[1]);
	puts("ok");
	return 0;
}
