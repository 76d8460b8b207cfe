/* Two processes open named semaphores by themselves. Those are files that are mapped shared. */
#include "check.h"

#include <semaphore.h>

int main(void)
{
	char name[2][64];
	int status;

	snprintf(name[0], 64, "/rr-program-%d-there", getpid());
	snprintf(name[1], 64, "/rr-program-%d-back", getpid());
	sem_t *there = sem_open(name[0], O_CREAT | O_EXCL, 0600, 0),
	      *back = sem_open(name[1], O_CREAT | O_EXCL, 0600, 0);
	if (there == SEM_FAILED || back == SEM_FAILED)
		SKIP("no named semaphores");
	pid_t child = fork();
	if (child == 0) {
		sem_t *a = sem_open(name[0], 0), *b = sem_open(name[1], 0);
		if (a == SEM_FAILED || b == SEM_FAILED) {
			sem_post(back);
			_exit(1);
		}
		for (int i = 0; i < 20; i++)
			if (sem_wait(a) || sem_post(b))
				_exit(2);
		_exit(0);
	}
	for (int i = 0; i < 20; i++)
		if (sem_post(there) || sem_wait(back))
			break;
	int waited = waitpid(child, &status, 0);
	CHECK(sem_unlink(name[0]) == 0 && sem_unlink(name[1]) == 0 && waited == child &&
	      status == 0);
	CHECK(sem_open(name[0], 0) == SEM_FAILED && errno == ENOENT);
	printf("%p %p\n", (void *)there, (void *)back);
	puts("ok");
	return 0;
}
