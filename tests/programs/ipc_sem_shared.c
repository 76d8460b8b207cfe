/* Unnamed POSIX semaphores in memory that three processes share. */
#include "check.h"

#include <semaphore.h>
#include <sys/mman.h>

struct shared {
	sem_t there, back, lock;
	int turns, count;
};

int main(void)
{
	struct shared *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int value;

	CHECK(s != MAP_FAILED && sem_init(&s->there, 1, 0) == 0 && sem_init(&s->back, 1, 0) == 0);
	CHECK(sem_init(&s->lock, 1, 1) == 0);
	for (int p = 0; p < 2; p++)
		if (fork() == 0) {
			for (int i = 0; i < 50; i++) {
				CHECK(sem_wait(&s->there) == 0);
				s->turns++;
				CHECK(sem_post(&s->back) == 0 && sem_wait(&s->lock) == 0);
				int seen = s->count;
				sched_yield();
				s->count = seen + 1;
				CHECK(sem_post(&s->lock) == 0);
			}
			_exit(0);
		}
	for (int i = 0; i < 100; i++)
		CHECK(sem_post(&s->there) == 0 && sem_wait(&s->back) == 0);
	while (wait(NULL) > 0)
		;
	CHECK(sem_getvalue(&s->lock, &value) == 0 && value == 1 && sem_trywait(&s->there) == -1 &&
	      errno == EAGAIN);
	CHECK(sem_timedwait(&s->there, &(struct timespec){1, 0}) == -1 && errno == ETIMEDOUT);
	printf("%p %d turns, count %d\n", (void *)s, s->turns, s->count);
	CHECK(s->count == 100);
	puts("ok");
	return 0;
}
