/* A process-shared mutex and conditions guard a slot between a producer and a consumer. */
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>

struct shared {
	pthread_mutex_t lock;
	pthread_cond_t full, empty;
	int slot, used;
};

int main(void)
{
	struct shared *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t m;
	pthread_condattr_t c;
	int sum = 0, status;

	CHECK(s != MAP_FAILED && pthread_mutexattr_init(&m) == 0 && pthread_condattr_init(&c) == 0);
	CHECK(pthread_mutexattr_setpshared(&m, 1) == 0 && pthread_condattr_setpshared(&c, 1) == 0);
	CHECK(pthread_mutex_init(&s->lock, &m) == 0);
	CHECK(pthread_cond_init(&s->full, &c) == 0 && pthread_cond_init(&s->empty, &c) == 0);
	pid_t child = fork();
	for (int i = 1; i <= 50; i++) {
		CHECK(pthread_mutex_lock(&s->lock) == 0);
		while (s->used == !child)
			CHECK(pthread_cond_wait(child ? &s->full : &s->empty, &s->lock) == 0);
		if (child)
			sum += s->slot;
		else
			s->slot = i;
		s->used = !child;
		CHECK(pthread_cond_signal(child ? &s->empty : &s->full) == 0 &&
		      pthread_mutex_unlock(&s->lock) == 0);
	}
	if (child == 0)
		_exit(0);
	CHECK(waitpid(child, &status, 0) == child && status == 0 && sum == 50 * 51 / 2);
	printf("%p %d\n", (void *)s, sum);
	puts("ok");
	return 0;
}
