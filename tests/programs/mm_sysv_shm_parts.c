/* shmdt detaches what is left of a segment whose pages have been unmapped or moved in part. */
#include "check.h"
#include "probe.h"

#include <sys/mman.h>
#include <sys/shm.h>

static char *attach(int id, char *at)
{
	char *p = shmat(id, at, at ? SHM_REMAP : 0);

	CHECK(p != (void *)-1);
	memset(p, 's', 4 * 4096);
	return p;
}

int main(void)
{
	int id = shmget(IPC_PRIVATE, 4 * 4096, IPC_CREAT | 0600);

	if (id < 0 && errno == ENOSYS)
		SKIP("no SysV shared memory");
	CHECK(id >= 0);
	char *room =
		mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(room != MAP_FAILED);
	char *p = attach(id, NULL), *q = attach(id, NULL), *r = attach(id, room + 4096);
	CHECK(shmctl(id, IPC_RMID, NULL) == 0);
	CHECK(munmap(p, 4096) == 0);
	puts(probe_pages(p, 4));
	CHECK(shmdt(p) == 0);
	puts(probe_pages(p, 4));
	CHECK(shmdt(p) == -1 && errno == EINVAL);
	CHECK(munmap(q + 4096, 4096) == 0);
	CHECK(mprotect(q + 3 * 4096, 4096, PROT_READ) == 0);
	puts(probe_pages(q, 4));
	CHECK(shmdt(q + 4096) == -1 && errno == EINVAL && shmdt(q) == 0);
	puts(probe_pages(q, 4));
	CHECK(mmap(r + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	      r + 4096);
	CHECK(shmdt(r) == 0);
	puts(probe_pages(room, 8));
	puts("ok");
	return 0;
}
