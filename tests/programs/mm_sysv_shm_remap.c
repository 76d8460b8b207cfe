/* SHM_REMAP attaches a segment over another mapping. munmap of a part does not detach it. */
#include "check.h"

#include <sys/mman.h>
#include <sys/shm.h>

int main(void)
{
	int id = shmget(IPC_PRIVATE, 2 * 4096, IPC_CREAT | 0600);

	if (id < 0 && errno == ENOSYS)
		SKIP("no SysV shared memory");
	CHECK(id >= 0);
	char *room =
		mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *p = shmat(id, room + 4096, SHM_REMAP), *q = shmat(id, NULL, 0);
	int taken = shmat(id, room, 0) == (void *)-1;
	CHECK(shmctl(id, IPC_RMID, NULL) == 0 && room != MAP_FAILED && taken);
	CHECK(p == room + 4096 && q != (void *)-1);
	strcpy(p + 4096, "remapped");
	CHECK(!strcmp(q + 4096, "remapped"));
	CHECK(munmap(p, 4096) == 0);
	strcpy(q + 4096, "seen");
	printf("%p %s\n", (void *)room, room + 2 * 4096);
	CHECK(!strcmp(room + 2 * 4096, "seen") && room[3 * 4096] == 0);
	puts("ok");
	return 0;
}
