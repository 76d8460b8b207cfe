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
	kernel_mm_add_shared(t->mm, (struct shared_map){m.start, m.len, m.object, 0, true, NULL});
	kernel_put_map(c->rec, &m);
	kernel_put_object_memory(c->rec, t, &m);
}

static int replay_shmat(struct replay_call *c)
{
	return c->result < 0 && c->result > -4096 ? 0 : kernel_replay_maps(c->rp, c->t);
}

SYSCALL_HANDLER(shmat, .enter = enter_shmat, .exit = exit_shmat, .replay = replay_shmat);

/* The first of the address space's shared mappings that is what is left of a segment attached at
 * addr: ksys_shmdt() in ipc/shm.c looks for one that is as far from addr as from the segment's
 * beginning. object: the segment; 0: any. NULL: there is none. */
static const struct shared_map *segment_part(const struct mm *mm, uint64_t addr, uint64_t object)
{
	const struct shared_map *first = NULL;

	for (size_t i = 0; i < kernel_mm(mm)->nshared; i++) {
		const struct shared_map *m = &kernel_mm(mm)->shared[i];
		if (m->sysv && m->start >= addr && m->start - addr == m->offset &&
		    (!object || m->object == object) && (!first || m->start < first->start))
			first = m;
	}
	return first;
}

/* Forgets what is left of the segment attached at addr, and calls gone() with each part. False:
 * there is none. */
static bool segment_remove(struct task *t, uint64_t addr,
			   void (*gone)(struct task *t, uint64_t start, uint64_t len))
{
	const struct shared_map *m = segment_part(t->mm, addr, 0);
	uint64_t object = m ? m->object : 0;

	for (; (m = object ? segment_part(t->mm, addr, object) : NULL);) {
		uint64_t start = m->start, len = m->len;
		kernel_mm_remove_shared(t->mm, start, len);
		if (gone)
			gone(t, start, len);
	}
	return object;
}

static void exit_shmdt(struct call *c)
{
	if (c->result == 0)
		segment_remove(c->t, c->args[0], NULL);
}

static void replay_unmap(struct task *t, uint64_t start, uint64_t len)
{
	TASK_CALL_REPLAY(t, SYS_munmap, start, len);
}

static int replay_shmdt(struct replay_call *c)
{
	if (c->result < 0 || segment_remove(c->t, c->args[0], replay_unmap))
		return 0;
	return kernel_replay_fail(c->rp, "shmdt of 0x%lx, where nothing is attached", c->args[0]);
}

SYSCALL_HANDLER(shmdt, .exit = exit_shmdt, .replay = replay_shmdt);
