/* IPC_STAT and IPC_SET of a segment, also after it was marked for removal. */
#include "check.h"

#include <sys/shm.h>

int main(void)
{
	struct shmid_ds ds;
	int id = shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0640);

	if (id < 0 && errno == ENOSYS)
		SKIP("no SysV shared memory");
	CHECK(id >= 0);
	char *p = shmat(id, NULL, 0);
	int r = shmctl(id, IPC_STAT, &ds);
	printf("id %d size %zu attached %lu creator %d time %ld mode %o\n", id, ds.shm_segsz,
	       ds.shm_nattch, ds.shm_cpid, (long)ds.shm_atime, ds.shm_perm.mode);
	ds.shm_perm.mode = 0600;
	int set = shmctl(id, IPC_SET, &ds);
	CHECK(shmctl(id, IPC_RMID, NULL) == 0 && set == 0 && r == 0);
	CHECK(ds.shm_segsz == 5000 && ds.shm_nattch == 1 && ds.shm_cpid == getpid());
	CHECK(shmctl(id, IPC_STAT, &ds) == 0 && (ds.shm_perm.mode & SHM_DEST) &&
	      (ds.shm_perm.mode & 0777) == 0600);
	CHECK(p != (void *)-1 && shmdt(p) == 0);
	CHECK(shmctl(id, IPC_STAT, &ds) == -1 && (errno == EINVAL || errno == EIDRM));
	puts("ok");
	return 0;
}
