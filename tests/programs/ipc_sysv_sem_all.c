/* Operations on whole sets of semaphores: SETALL, GETALL, IPC_STAT, IPC_INFO, and several
 * operations or none. */
#include "check.h"

#include <sys/sem.h>

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
	struct seminfo *info;
};

int main(void)
{
	unsigned short in[5] = {1, 2, 3, 4, 5}, out[5] = {0};
	struct semid_ds ds;
	struct seminfo info;
	struct sembuf ops[3] = {{0, -1, 0}, {1, -2, 0}, {4, 10, 0}},
		      fail[2] = {{4, -3, 0}, {0, -1, IPC_NOWAIT}};
	int id = semget(IPC_PRIVATE, 5, IPC_CREAT | 0600), bad = 0;

	if (id < 0 && errno == ENOSYS)
		SKIP("no SysV semaphores");
	CHECK(id >= 0);
	bad |= semctl(id, 0, SETALL, (union semun){.array = in}) != 0;
	bad |= semop(id, ops, 3) != 0;
	bad |= !(semop(id, fail, 2) == -1 && errno == EAGAIN);
	bad |= semctl(id, 0, GETALL, (union semun){.array = out}) != 0;
	bad |= semctl(id, 0, IPC_STAT, (union semun){.buf = &ds}) != 0;
	bad |= semctl(id, 3, GETVAL) != 4 || semctl(id, 3, GETNCNT) != 0;
	bad |= semctl(0, 0, IPC_INFO, (union semun){.info = &info}) < 0;
	struct timespec t = {0, 1000};
	bad |= !(semtimedop(id, &ops[0], 1, &t) == -1 && errno == EAGAIN);
	bad |= !(semop(id, &(struct sembuf){7, 1, 0}, 1) == -1 && errno == EFBIG);
	CHECK(semctl(id, 0, IPC_RMID) == 0 && !bad);
	CHECK(out[0] == 0 && out[1] == 0 && out[2] == 3 && out[4] == 15 && ds.sem_nsems == 5);
	printf("set %d changed %ld, at most %d sets\n", id, (long)ds.sem_otime, info.semmni);
	puts("ok");
	return 0;
}
