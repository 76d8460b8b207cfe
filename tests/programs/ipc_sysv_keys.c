/* ftok keys name one object of each kind for every process that knows the file. */
#include "check.h"
#include "tempdir.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void)
{
	int status, ids[3], bad = 0;

	tempdir_enter();
	CHECK(creat("key", 0600) >= 0);
	key_t key = ftok("key", 'r');
	CHECK(key != -1);
	ids[0] = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
	ids[1] = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
	ids[2] = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
	bad |= !(msgget(key, IPC_CREAT | IPC_EXCL) == -1 && errno == EEXIST);
	pid_t child = fork();
	if (child == 0)
		_exit(msgget(key, 0) != ids[0] || semget(key, 1, 0) != ids[1] ||
		      shmget(key, 0, 0) != ids[2]);
	waitpid(child, &status, 0);
	bad |= !(shmget(key, 8192, 0) == -1 && errno == EINVAL);
	bad |= msgctl(ids[0], IPC_RMID, NULL) | semctl(ids[1], 0, IPC_RMID) |
	       shmctl(ids[2], IPC_RMID, NULL);
	if (ids[0] < 0)
		TEMPDIR_SKIP("no SysV objects");
	CHECK(!bad && status == 0);
	CHECK(msgget(key, 0) == -1 && errno == ENOENT);
	printf("key %x: %d %d %d\n", key, ids[0], ids[1], ids[2]);
	puts("ok");
	return 0;
}
