/* A child inherits an attached segment, and attaches it once more by its key. */
#include "check.h"

#include <sys/shm.h>
#include <sys/wait.h>

int main(void)
{
	key_t key = 0x72720000 + getpid();
	int id = shmget(key, 2 * 4096, IPC_CREAT | IPC_EXCL | 0600), status = -1;

	if (id < 0 && errno == ENOSYS)
		SKIP("no SysV shared memory");
	CHECK(id >= 0);
	char *p = shmat(id, NULL, 0);
	pid_t child = fork();
	if (child == 0) {
		strcpy(p, "inherited");
		char *q = shmat(shmget(key, 0, 0), NULL, 0);
		_exit(q == (void *)-1 || strcmp(q, "inherited") || !strcpy(q + 4096, "attached") ||
		      shmdt(q));
	}
	pid_t waited = waitpid(child, &status, 0);
	CHECK(shmctl(id, IPC_RMID, NULL) == 0);
	CHECK(waited == child && status == 0 && p != (void *)-1);
	printf("%d %p %s %s\n", id, (void *)p, p, p + 4096);
	CHECK(!strcmp(p, "inherited") && !strcmp(p + 4096, "attached"));
	puts("ok");
	return 0;
}
