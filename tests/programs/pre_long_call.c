/* A call that takes longer than a time slice while another thread waits to run: afterwards both
 * spin, so that each needs the other to be preempted. */
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#define LONG (256ul << 20)
static volatile int turn;

static void *other(void *arg)
{
	for (int i = 0; i < 3; i++) {
		while (turn != 1)
			;
		turn = 0;
	}
	return arg;
}

int main(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, other, NULL))
		return 1;
	for (int i = 0; i < 3; i++) {
		void *p = mmap(NULL, LONG, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (p == MAP_FAILED || munmap(p, LONG))
			return 1;
		turn = 1;
		while (turn != 0)
			;
	}
	pthread_join(t, NULL);
	puts("ok");
	return 0;
}
