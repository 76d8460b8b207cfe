/* Two processes alternate by two semaphores, and one waits for zero. */
#include "check.h"

#include <sys/sem.h>

static int change(int id, int which, int by)
{
	return semop(id, &(struct sembuf){which, by, 0}, 1);
}

int main(void)
{
	int id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600), status, bad = 0;

	if (id < 0 && errno == ENOSYS)
		SKIP("no SysV semaphores");
	CHECK(id >= 0);
	bad |= semctl(id, 2, SETVAL, 20);
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 20; i++) {
			if (change(id, 0, -1))
				_exit(1);
			if (i % 10 == 0)
				printf("child's turn %d\n", i);
			if (change(id, 2, -1) || change(id, 1, 1))
				_exit(2);
		}
		_exit(0);
	}
	for (int i = 0; i < 20; i++)
		bad |= change(id, 0, 1) | change(id, 1, -1);
	bad |= change(id, 2, 0);
	waitpid(child, &status, 0);
	int again = semop(id, &(struct sembuf){0, -1, IPC_NOWAIT}, 1) == -1 && errno == EAGAIN;
	int last = semctl(id, 1, GETPID);
	CHECK(semctl(id, 0, IPC_RMID) == 0 && bad == 0 && status == 0 && again);
	printf("set %d, last changed by %d\n", id, last);
	CHECK(last == getpid());
	puts("ok");
	return 0;
}
