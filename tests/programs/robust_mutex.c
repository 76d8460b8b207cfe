/* A robust mutex whose owner ends: the next one gets EOWNERDEAD, makes it consistent and goes on.
 */
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>

static void *die_owning(void *mutex)
{
	CHECK(!pthread_mutex_lock(mutex));
	return NULL;
}

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *mutex;
	pthread_t thread;
	pid_t child;

	mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(mutex != MAP_FAILED);
	CHECK(!pthread_mutexattr_init(&attr) &&
	      !pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	CHECK(!pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
	CHECK(!pthread_mutex_init(mutex, &attr));

	CHECK(!pthread_create(&thread, NULL, die_owning, mutex) && !pthread_join(thread, NULL));
	CHECK(pthread_mutex_lock(mutex) == EOWNERDEAD && !pthread_mutex_consistent(mutex));
	CHECK(!pthread_mutex_unlock(mutex));
	puts("a thread died owning");

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!pthread_mutex_lock(mutex));
		_exit(0);
	}
	CHECK(status_of(child) == 0);
	CHECK(pthread_mutex_lock(mutex) == EOWNERDEAD);
	printf("process %d died owning\n", (int)child);
	CHECK(!pthread_mutex_unlock(mutex));
	CHECK(pthread_mutex_lock(mutex) == ENOTRECOVERABLE);
	puts("ok");
	return 0;
}
