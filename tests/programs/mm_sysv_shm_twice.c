/* One segment is attached at two addresses of one process, writable and read-only. */
#include "check.h"

#include <sys/shm.h>

int main(void)
{
	int id = shmget(IPC_PRIVATE, 3 * 4096, IPC_CREAT | 0600);

	if (id < 0 && errno == ENOSYS)
		SKIP("no SysV shared memory");
	CHECK(id >= 0);
	char *p = shmat(id, NULL, 0), *q = shmat(id, NULL, SHM_RDONLY);
	CHECK(shmctl(id, IPC_RMID, NULL) == 0);
	CHECK(p != (void *)-1 && q != (void *)-1 && p != q);
	strcpy(p + 4096, "twice");
	CHECK(!strcmp(q + 4096, "twice") && q[0] == 0);
	printf("%p %p %s\n", (void *)p, (void *)q, q + 4096);
	CHECK(shmdt(p) == 0);
	CHECK(!strcmp(q + 4096, "twice"));
	CHECK(shmdt(q) == 0 && shmdt(q) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
