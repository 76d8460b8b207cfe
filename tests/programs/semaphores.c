/* Semaphores between threads and, in shared memory, between processes; sem_timedwait runs out. */
#include "check.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <time.h>

static sem_t ping, pong;

static void *answer(void *arg)
{
	int i;

	for (i = 0; i < 50; i++)
		CHECK(!sem_wait(&ping) && !sem_post(&pong));
	return arg;
}

int main(void)
{
	struct timespec past = {.tv_sec = 1};
	pthread_t thread;
	sem_t *shared;
	pid_t child;
	int i, value;

	CHECK(!sem_init(&ping, 0, 0) && !sem_init(&pong, 0, 0));
	CHECK(!pthread_create(&thread, NULL, answer, NULL));
	for (i = 0; i < 50; i++)
		CHECK(!sem_post(&ping) && !sem_wait(&pong));
	CHECK(!pthread_join(thread, NULL));
	CHECK(sem_trywait(&ping) == -1 && errno == EAGAIN);
	CHECK(sem_timedwait(&ping, &past) == -1 && errno == ETIMEDOUT);

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED && !sem_init(&shared[0], 1, 0) && !sem_init(&shared[1], 1, 0));
	child = fork();
	CHECK(child >= 0);
	for (i = 0; i < 50; i++) {
		CHECK(!sem_post(&shared[!child]));
		CHECK(!sem_wait(&shared[!!child]));
	}
	if (!child)
		_exit(0);
	CHECK(status_of(child) == 0);
	CHECK(!sem_getvalue(&shared[0], &value) && value == 0);
	printf("with child %d\n", (int)child);
	puts("ok");
	return 0;
}
