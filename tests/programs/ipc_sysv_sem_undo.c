/* SEM_UNDO returns what a killed process had taken, and wakes the waiters. */
#include "check.h"

#include <signal.h>
#include <sys/sem.h>

int main(void)
{
	int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600), reports[2], status;
	char c;

	if (id < 0 && errno == ENOSYS)
		SKIP("no SysV semaphores");
	CHECK(id >= 0 && pipe(reports) == 0);
	int bad = semctl(id, 0, SETVAL, 1);
	pid_t child = fork();
	if (child == 0) {
		if (semop(id, &(struct sembuf){0, -1, SEM_UNDO}, 1) ||
		    write(reports[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	bad |= read(reports[0], &c, 1) != 1 || semctl(id, 0, GETVAL) != 0;
	kill(child, SIGKILL);
	bad |= semop(id, &(struct sembuf){0, -1, 0}, 1);
	bad |= waitpid(child, &status, 0) != child;
	CHECK(semctl(id, 0, IPC_RMID) == 0 && !bad && WTERMSIG(status) == SIGKILL);
	printf("set %d, child %d\n", id, child);
	puts("ok");
	return 0;
}
