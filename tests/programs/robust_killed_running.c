/* The owner of a robust mutex is killed while it computes, and has been preempted for its killer.
 */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *mutex;
	int fds[2];
	char byte;

	mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(mutex != MAP_FAILED && !pipe(fds));
	CHECK(!pthread_mutexattr_init(&attr) &&
	      !pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	CHECK(!pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
	CHECK(!pthread_mutex_init(mutex, &attr));
	pid_t owner = fork();
	CHECK(owner >= 0);
	if (!owner) {
		CHECK(!pthread_mutex_lock(mutex));
		CHECK(write(fds[1], "x", 1) == 1);
		for (volatile int i = 0;; i++)
			;
	}
	CHECK(read(fds[0], &byte, 1) == 1);
	CHECK(!kill(owner, SIGKILL));
	CHECK(WTERMSIG(status_of(owner)) == SIGKILL);
	CHECK(pthread_mutex_lock(mutex) == EOWNERDEAD);
	printf("owner %d\n", (int)owner);
	puts("ok");
	return 0;
}
