/* Which handler knows what a call's row cannot say, and when it is asked. Recording. */
#include "kernel/kernel.h"

#include "util/util.h"

static const struct {
	call_handler *enter, *exit;
} handlers[] = {
	[SYSH_mmap] = {enter_mmap, exit_mmap},
	[SYSH_munmap] = {enter_range, exit_munmap},
	[SYSH_mprotect] = {enter_range, exit_range},
	[SYSH_mremap] = {own_refuse, exit_mremap},
	[SYSH_madvise] = {enter_range, exit_madvise},
	[SYSH_shmat] = {own_refuse, exit_shmat},
	[SYSH_shmdt] = {NULL, exit_shmdt},
	[SYSH_open] = {enter_open, exit_open},
	[SYSH_write] = {NULL, exit_write},
	[SYSH_sendfile] = {enter_sendfile, exit_sendfile},
	[SYSH_splice] = {enter_splice, exit_splice},
	[SYSH_ftruncate] = {NULL, exit_truncate},
	[SYSH_read] = {NULL, exit_read},
	[SYSH_fcntl] = {enter_fcntl, exit_fcntl},
	[SYSH_ioctl] = {enter_ioctl, exit_ioctl},
	[SYSH_prctl] = {enter_prctl, exit_prctl},
	[SYSH_arch_prctl] = {enter_arch_prctl, exit_arch_prctl},
	[SYSH_futex] = {enter_futex, exit_futex},
	[SYSH_process_vm_readv] = {NULL, exit_process_vm_readv},
	[SYSH_process_vm_writev] = {NULL, exit_process_vm_writev},
	[SYSH_mincore] = {NULL, exit_mincore},
	[SYSH_get_mempolicy] = {NULL, exit_mempolicy},
	[SYSH_move_pages] = {NULL, exit_move_pages},
	[SYSH_keyctl] = {NULL, exit_keyctl},
	[SYSH_quotactl] = {NULL, exit_quotactl},
	[SYSH_semctl] = {NULL, exit_semctl},
	[SYSH_shmctl] = {NULL, exit_shmctl},
	[SYSH_msgctl] = {NULL, exit_msgctl},
	[SYSH_ptrace] = {enter_ptrace, exit_ptrace},
	[SYSH_wait] = {enter_wait, exit_wait},
	[SYSH_execve] = {enter_execve, NULL},
	[SYSH_execveat] = {enter_execve, NULL},
	[SYSH_clone] = {enter_clone, NULL},
	[SYSH_sched_setaffinity] = {enter_affinity_set, NULL},
	[SYSH_sched_getaffinity] = {enter_affinity_get, exit_affinity_get},
};

void kernel_enter(struct call *c)
{
	const struct sys_desc *d = c->desc;

	if (d->cls == SYS_REFUSE)
		call_refuse(c, d->refuse_errno);
	for (int i = 0; i < d->nargs; i++)
		if (d->args[i].dir != D_NONE || d->args[i].type == T_PATH)
			call_save_in(c, &d->args[i], i);
	if (d->handler < ARRAY_LEN(handlers) && handlers[d->handler].enter)
		handlers[d->handler].enter(c);
	scratch_enter(c);
}

void kernel_exit(struct call *c)
{
	const struct sys_desc *d = c->desc;

	scratch_exit(c);
	/* Answers of rr's own write first, so that what follows saves them. */
	if (d->handler < ARRAY_LEN(handlers) && handlers[d->handler].exit)
		handlers[d->handler].exit(c);
	if (c->verdict == CALL_REFUSE)
		return;
	for (int i = 0; i < d->nargs; i++)
		call_save_out(c, &d->args[i], i);
}

void kernel_blocked(struct call *c)
{
	if (c->desc->handler == SYSH_futex)
		/* FUTEX_WAITERS, so that the owner calls the kernel when it unlocks */
		exit_futex(c);
}

bool kernel_may_block(const struct call *c)
{
	return !c->desc->quick && c->verdict == CALL_MAKE;
}
