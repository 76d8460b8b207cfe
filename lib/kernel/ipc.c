/* System V semaphores, shared memory segments and message queues. */
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>

/* The `dev` of a segment's shared_object. Its `ino` is the segment's id. */
#define SYSV_DEV UINT64_MAX

/* GETALL writes a number for each semaphore of the set. The kernel knows how many that are. */
static void exit_semctl(struct call *c)
{
	struct semid_ds ds;
	union {
		int val;
		struct semid_ds *buf;
	} arg = {.buf = &ds};

	if (c->args[2] == GETALL && c->result >= 0 && !semctl((int)c->args[0], 0, IPC_STAT, arg))
		kernel_call_out(c, c->args[3], ds.sem_nsems * sizeof(uint16_t));
}

SYSCALL_HANDLER(semctl, .exit = exit_semctl);

static void enter_shmat(struct call *c)
{
	if (kernel_is_reserved(c->args[1], 1))
		kernel_call_refuse(c, EINVAL);
}

static void exit_shmat(struct call *c)
{
	struct maps_line l;
	struct task *t = c->t;

	if (c->result < 0 && c->result > -4096)
		return;
	struct trace_map m = {.tid = t->tid,
			      .backing = BACKING_OBJECT,
			      .start = (uint64_t)c->result,
			      .flags = MAP_SHARED,
			      .path = "[sysv]",
			      .copy = ""};
	struct maps_file *f = maps_open(t->tid);
	while (f && maps_next(f, &l))
		if (l.start == m.start) {
			m.len = l.end - l.start;
			m.prot = l.prot;
		}
	maps_close(f);
	m.size = m.len;
	m.object = kernel_object_get(c->rec, SYSV_DEV, c->args[0])->id;
	kernel_mm_remove_shared(t->mm, m.start, m.len);
	kernel_mm_add_shared(t->mm, (struct shared_map){m.start, m.len, m.object, 0, true});
	kernel_put_map(c->rec, &m);
	kernel_put_object_memory(c->rec, t, &m);
}

static int replay_shmat(struct replay_call *c)
{
	return c->result < 0 && c->result > -4096 ? 0 : kernel_replay_maps(c->rp, c->t);
}

SYSCALL_HANDLER(shmat, .enter = enter_shmat, .exit = exit_shmat, .replay = replay_shmat);

/* Forgets the segment attached at addr. Its length in bytes, 0 if there is none. */
static uint64_t segment_remove(struct mm *mm, uint64_t addr)
{
	for (size_t i = 0; i < kernel_mm(mm)->nshared; i++) {
		struct shared_map m = kernel_mm(mm)->shared[i];
		if (!m.sysv || m.start != addr)
			continue;
		kernel_mm_remove_shared(mm, m.start, m.len);
		return m.len;
	}
	return 0;
}

static void exit_shmdt(struct call *c)
{
	if (c->result == 0)
		segment_remove(c->t->mm, c->args[0]);
}

static int replay_shmdt(struct replay_call *c)
{
	if (c->result < 0)
		return 0;
	uint64_t len = segment_remove(c->t->mm, c->args[0]);
	if (!len)
		return kernel_replay_fail(c->rp, "shmdt of 0x%lx, where nothing is attached",
					  c->args[0]);
	return TASK_CALL_REPLAY(c->t, SYS_munmap, c->args[0], len)
		       ? kernel_replay_fail(c->rp, "shmdt")
		       : 0;
}

SYSCALL_HANDLER(shmdt, .exit = exit_shmdt, .replay = replay_shmdt);
