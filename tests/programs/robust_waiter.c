/* The owner of a robust mutex is killed while another process waits for it: the waiter is woken. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *mutex;
	pid_t owner, waiter;
	int fds[2];
	char byte;

	mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(mutex != MAP_FAILED && !pipe(fds));
	CHECK(!pthread_mutexattr_init(&attr) &&
	      !pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	CHECK(!pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
	CHECK(!pthread_mutex_init(mutex, &attr));
	owner = fork();
	CHECK(owner >= 0);
	if (!owner) {
		CHECK(!pthread_mutex_lock(mutex));
		CHECK(write(fds[1], "x", 1) == 1);
		pause();
		_exit(0);
	}
	CHECK(read(fds[0], &byte, 1) == 1);
	waiter = fork();
	CHECK(waiter >= 0);
	if (!waiter)
		_exit(pthread_mutex_lock(mutex) == EOWNERDEAD ? 55 : 1);
	await_sleep(waiter);
	CHECK(!kill(owner, SIGKILL));
	CHECK(WTERMSIG(status_of(owner)) == SIGKILL);
	CHECK(WEXITSTATUS(status_of(waiter)) == 55);
	printf("owner %d waiter %d\n", (int)owner, (int)waiter);
	puts("ok");
	return 0;
}
