/* Mutex and condition variable in shared memory: parent and child alternate. */
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>

struct shared {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	int turn;
};

static void take_turns(struct shared *shared, int me)
{
	int i;

	for (i = 0; i < 30; i++) {
		CHECK(!pthread_mutex_lock(&shared->mutex));
		while (shared->turn % 2 != me)
			CHECK(!pthread_cond_wait(&shared->cond, &shared->mutex));
		shared->turn++;
		CHECK(!pthread_cond_broadcast(&shared->cond));
		CHECK(!pthread_mutex_unlock(&shared->mutex));
	}
}

int main(void)
{
	pthread_mutexattr_t mutex_attr;
	pthread_condattr_t cond_attr;
	struct shared *shared;
	pid_t child;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	CHECK(!pthread_mutexattr_init(&mutex_attr) &&
	      !pthread_mutexattr_setpshared(&mutex_attr, 1));
	CHECK(!pthread_condattr_init(&cond_attr) && !pthread_condattr_setpshared(&cond_attr, 1));
	CHECK(!pthread_mutex_init(&shared->mutex, &mutex_attr));
	CHECK(!pthread_cond_init(&shared->cond, &cond_attr));
	child = fork();
	CHECK(child >= 0);
	take_turns(shared, !child);
	if (!child)
		_exit(0);
	CHECK(status_of(child) == 0 && shared->turn == 60);
	printf("%d turns with %d\n", shared->turn, (int)child);
	puts("ok");
	return 0;
}
