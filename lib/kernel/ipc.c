/* System V semaphores, shared memory segments and message queues: their control calls. Recording.
 */
#include "kernel/kernel.h"
#include "util/util.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static void out_by_cmd(struct call *c, uint64_t cmd, uint64_t addr, const uint16_t (*table)[2],
		       size_t n)
{
	for (size_t i = 0; i < n && c->result >= 0; i++)
		if (table[i][0] == cmd)
			call_out(c, addr, table[i][1]);
}

void exit_semctl(struct call *c)
{
	static const uint16_t sizes[][2] = {{IPC_STAT, sizeof(struct semid_ds)},
					    {SEM_STAT, sizeof(struct semid_ds)},
					    {SEM_STAT_ANY, sizeof(struct semid_ds)},
					    {IPC_INFO, sizeof(struct seminfo)},
					    {SEM_INFO, sizeof(struct seminfo)}};
	struct semid_ds ds;
	union {
		int val;
		struct semid_ds *buf;
	} arg = {.buf = &ds};

	out_by_cmd(c, c->args[2], c->args[3], sizes, ARRAY_LEN(sizes));
	if (c->args[2] == GETALL && c->result >= 0 && !semctl((int)c->args[0], 0, IPC_STAT, arg))
		call_out(c, c->args[3], ds.sem_nsems * 2);
}

void exit_shmctl(struct call *c)
{
	static const uint16_t sizes[][2] = {{IPC_STAT, sizeof(struct shmid_ds)},
					    {SHM_STAT, sizeof(struct shmid_ds)},
					    {SHM_STAT_ANY, sizeof(struct shmid_ds)},
					    {IPC_INFO, sizeof(struct shminfo)},
					    {SHM_INFO, sizeof(struct shm_info)}};

	out_by_cmd(c, c->args[1], c->args[2], sizes, ARRAY_LEN(sizes));
}

void exit_msgctl(struct call *c)
{
	static const uint16_t sizes[][2] = {{IPC_STAT, sizeof(struct msqid_ds)},
					    {MSG_STAT, sizeof(struct msqid_ds)},
					    {MSG_STAT_ANY, sizeof(struct msqid_ds)},
					    {IPC_INFO, sizeof(struct msginfo)},
					    {MSG_INFO, sizeof(struct msginfo)}};

	out_by_cmd(c, c->args[1], c->args[2], sizes, ARRAY_LEN(sizes));
}
