/* Mappings and the heap: mmap, munmap, mremap, mprotect, madvise, brk. */
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/reserved.h"
#include "util/exhaustion.h"
#include "util/procfd.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* asm-generic/mman-common.h; older C libraries do not define it. */
#define MADV_DONTNEED_LOCKED_ 24
#define MADV_GUARD_INSTALL_ 102
#define MADV_GUARD_REMOVE_ 103

static bool is_error(int64_t result)
{
	return result < 0 && result > -4096;
}

/* --- mmap
 * ---------------------------------------------------------------------------------------------- */

/* Opens the file of a task's descriptor once more, and sets *path and *st. -1: it cannot be opened,
 * or it is no regular file. */
static int open_fd(struct task *t, int fd, char path[4096], struct stat *st)
{
	const struct proc_fd link = proc_fd(t->tid, fd);

	proc_fd_target(t->tid, fd, path, 4096);
	if (stat(link.path, st))
		memset(st, 0, sizeof(*st));
	return S_ISREG(st->st_mode) ? exhaustion_open(link.path, O_RDONLY | O_NOCTTY | O_NONBLOCK)
				    : -1;
}

static bool fd_is_writable(struct task *t, int fd)
{
	unsigned flags;

	return proc_fd_info(t->tid, fd, &flags, NULL) || (flags & O_ACCMODE) != O_RDONLY;
}

/* The kernel never chooses a reserved range, but the program may ask for one. */
static void mmap_avoid_reserved(struct call *c)
{
	const uint64_t *a = c->args;

	if (!a[1] || !kernel_is_reserved(a[0], PAGE_UP(a[1])))
		return;
	if (a[3] & MAP_FIXED_NOREPLACE)
		kernel_call_refuse(c, EEXIST);
	else if (a[3] & MAP_FIXED)
		kernel_call_refuse(c, ENOMEM);
	else
		kernel_call_set_arg(c, 0, 0);
}

static void enter_mmap(struct call *c)
{
	struct stat st;

	mmap_avoid_reserved(c);
	if (c->args[3] & MAP_ANONYMOUS)
		return;
	if (!stat(proc_fd(c->t->tid, (int)c->args[4]).path, &st) && S_ISCHR(st.st_mode) &&
	    st.st_rdev != makedev(1, 5)) {
		c->rec->warn(c->rec, "mmap of a device",
			     "refused, because its memory cannot be recorded");
		kernel_call_refuse(c, ENODEV);
	}
}

static void exit_mmap(struct call *c)
{
	struct stat st = {0};
	char path[4096] = "";

	if (is_error(c->result))
		return;
	int fd = c->args[3] & MAP_ANONYMOUS ? -1 : open_fd(c->t, (int)c->args[4], path, &st);
	kernel_code_room(c, fd, path, &st);
	struct trace_map m = {.tid = c->t->tid,
			      .start = (uint64_t)c->result,
			      .len = PAGE_UP(c->args[1]),
			      .prot = (uint32_t)c->args[2],
			      .flags = (uint32_t)c->args[3],
			      .path = "",
			      .copy = ""};
	kernel_mm_remove_shared(c->t->mm, m.start, m.len);
	if (m.flags & MAP_ANONYMOUS) {
		kernel_code_gone(c->t, m.start, m.len);
		kernel_put_map(c->rec, &m);
		return;
	}
	m.path = path;
	m.offset = c->args[5];
	if (S_ISCHR(st.st_mode)) /* /dev/zero */
		kernel_put_map(c->rec, &m);
	else
		kernel_put_file_map(c->rec, c->t, &m, fd, &st,
				    (m.flags & MAP_SHARED) &&
					    fd_is_writable(c->t, (int)c->args[4]));
	if (fd >= 0)
		close(fd);
}

static int replay_mmap(struct replay_call *c)
{
	return is_error(c->result) ? 0 : kernel_replay_maps(c->rp, c->t);
}

SYSCALL_HANDLER(mmap, .enter = enter_mmap, .exit = exit_mmap, .replay = replay_mmap);

/* --- munmap, mprotect
 * ---------------------------------------------------------------------------------- */

static int replay_result(struct replay_call *c, int64_t result)
{
	if (result == c->result)
		return 0;
	return kernel_replay_fail(c->rp, "%s returned %ld in the recording and %ld in the replay",
				  c->desc->name, (long)c->result, (long)result);
}

static void exit_munmap(struct call *c)
{
	kernel_exit_range(c);
	if (c->result)
		return;
	kernel_mm_remove_shared(c->t->mm, c->args[0], PAGE_UP(c->args[1]));
	kernel_code_gone(c->t, c->args[0], PAGE_UP(c->args[1]));
}

static int replay_munmap(struct replay_call *c)
{
	if (is_error(c->result))
		return 0;
	kernel_mm_remove_shared(c->t->mm, c->args[0], PAGE_UP(c->args[1]));
	kernel_code_gone(c->t, c->args[0], PAGE_UP(c->args[1]));
	return replay_result(c, kernel_replay_range(c->t, SYS_munmap, c->args));
}

SYSCALL_HANDLER(munmap, .enter = kernel_enter_range, .exit = exit_munmap, .replay = replay_munmap);

static int replay_mprotect(struct replay_call *c)
{
	/* With these errors the call may have changed the pages before the one at which it
	 * failed. */
	if (is_error(c->result) && c->result != -ENOMEM && c->result != -EACCES)
		return 0;
	return replay_result(c, kernel_replay_range(c->t, SYS_mprotect, c->args));
}

SYSCALL_HANDLER(mprotect, .enter = kernel_enter_range, .exit = kernel_exit_range,
		.replay = replay_mprotect);

/* --- mremap
 * -------------------------------------------------------------------------------------------- */

static void enter_mremap(struct call *c)
{
	const uint64_t *a = c->args;

	if (kernel_is_reserved(a[0], PAGE_UP(a[1])))
		kernel_call_refuse(c, EFAULT);
	else if ((a[3] & MREMAP_FIXED) && kernel_is_reserved(a[4], PAGE_UP(a[2])))
		kernel_call_refuse(c, ENOMEM);
}

/* Notes that a mapping was moved or resized. Returns the shared mapping that it is part of, as it
 * is now, which the caller must add. Its len is 0 if the mapping is not shared. */
static struct shared_map mremap_note(struct task *t, uint64_t old, uint64_t old_len, uint64_t to,
				     uint64_t len)
{
	struct shared_map moved = {0};
	struct mm *mm = t->mm;

	for (size_t i = 0; i < kernel_mm(mm)->nshared; i++) {
		const struct shared_map *m = &kernel_mm(mm)->shared[i];
		if (m->start > old || old >= m->start + m->len)
			continue;
		moved = *m;
		moved.offset += old - m->start;
		moved.start = to;
		moved.len = len;
	}
	if (to != old) {
		kernel_code_gone(t, to, len);
		kernel_mm_remove_shared(mm, to, len);
	}
	if (old_len)
		kernel_mm_remove_shared(mm, old, old_len);
	return moved;
}

/* Records what the grown mapping m shows of its file, read from the file if it can be opened. */
static void put_grown(struct call *c, const struct shared_map *m)
{
	struct trace_map grown = {
		.start = m->start, .len = m->len, .object = m->object, .offset = m->offset};
	uint64_t end = m->offset + m->len;
	struct stat st;
	char link[96];

	snprintf(link, sizeof(link), "/proc/%d/map_files/%lx-%lx", c->t->tid, m->start,
		 m->start + m->len);
	int fd = exhaustion_open(link, O_RDONLY);
	if (fd >= 0 && !fstat(fd, &st))
		kernel_put_object(c->rec, m->object, fd, m->offset,
				  end < (uint64_t)st.st_size ? end : (uint64_t)st.st_size);
	else
		kernel_put_object_memory(c->rec, c->t, &grown);
	if (fd >= 0)
		close(fd);
}

static void exit_mremap(struct call *c)
{
	uint64_t old_len = PAGE_UP(c->args[1]), len = PAGE_UP(c->args[2]);

	if (is_error(c->result))
		return;
	struct shared_map moved = mremap_note(c->t, c->args[0], old_len, (uint64_t)c->result, len);
	if (!moved.len)
		return;
	kernel_mm_add_shared(c->t->mm, moved);
	if (len > old_len && !moved.sysv)
		put_grown(c, &moved);
}

static int replay_mremap(struct replay_call *c)
{
	const uint64_t *a = c->args;
	uint64_t flags = a[3], result = (uint64_t)c->result, to = result;

	if (is_error(c->result))
		return 0;
	if (kernel_replay_touches_agent(a[0], a[1]) || kernel_replay_touches_agent(result, a[2]))
		return kernel_replay_fail(c->rp, "the trace moves memory over the agent");
	if (result != a[0])
		flags |= MREMAP_MAYMOVE | MREMAP_FIXED;
	else
		flags &= ~(uint64_t)(MREMAP_FIXED), to = 0;
	int64_t r = TASK_CALL_REPLAY(c->t, SYS_mremap, a[0], a[1], a[2], flags, to);
	if (r != c->result)
		return kernel_replay_fail(c->rp, "mremap to 0x%lx: %s", result,
					  r < 0 ? strerror((int)-r) : "went elsewhere");
	struct shared_map moved = mremap_note(c->t, a[0], PAGE_UP(a[1]), result, PAGE_UP(a[2]));
	return moved.len ? kernel_replay_add_shared(c->rp, c->t, &moved) : 0;
}

SYSCALL_HANDLER(mremap, .enter = enter_mremap, .exit = exit_mremap, .replay = replay_mremap);

/* --- madvise
 * ------------------------------------------------------------------------------------------- */

static void exit_madvise(struct call *c)
{
	uint64_t start = c->args[0], len = c->args[1], rest;

	kernel_exit_range(c);
	if (c->args[2] != MADV_FREE || (c->result && c->result != -ENOMEM))
		return;
	/* After MADV_FREE the kernel may drop the pages at any time. They are dropped at once,
	 * which the advice allows. */
	kernel_around_reserved(c->nr, &start, &len, &rest);
	TASK_CALL(c->t, SYS_madvise, start, len, MADV_DONTNEED);
	if (rest)
		TASK_CALL(c->t, SYS_madvise, SCRATCH_END, rest, MADV_DONTNEED);
}

/* Advice that changes what memory contains, or what a child inherits. */
static bool advice_matters(uint64_t advice)
{
	static const uint8_t matters[] = {
		MADV_DONTNEED,         MADV_REMOVE,         MADV_DONTFORK,
		MADV_DOFORK,           MADV_WIPEONFORK,     MADV_KEEPONFORK,
		MADV_DONTNEED_LOCKED_, MADV_GUARD_INSTALL_, MADV_GUARD_REMOVE_};

	for (size_t i = 0; i < sizeof(matters); i++)
		if (matters[i] == advice)
			return true;
	return false;
}

static int replay_madvise(struct replay_call *c)
{
	uint64_t a[6];

	/* ENOMEM: there was a hole in the range, but the rest was done. */
	if (is_error(c->result) && c->result != -ENOMEM)
		return 0;
	memcpy(a, c->args, sizeof(a));
	kernel_mm(c->t->mm)->advised |= a[2] == MADV_DONTFORK || a[2] == MADV_WIPEONFORK;
	if (a[2] == MADV_FREE) /* as exit_madvise() did */
		a[2] = MADV_DONTNEED;
	if (!advice_matters(a[2]))
		return 0;
	return replay_result(c, kernel_replay_range(c->t, SYS_madvise, a));
}

SYSCALL_HANDLER(madvise, .enter = kernel_enter_range, .exit = exit_madvise,
		.replay = replay_madvise);

/* --- brk
 * -----------------------------------------------------------------------------------------------
 */

static int replay_brk(struct replay_call *c)
{
	struct task *t = c->t;
	uint64_t brk = (uint64_t)c->result;
	uint64_t old = PAGE_UP(kernel_mm(t->mm)->brk), now = PAGE_UP(brk);
	int64_t r = 0;

	if (kernel_replay_touches_agent(old, now > old ? now - old : 0) ||
	    kernel_replay_touches_agent(now, old > now ? old - now : 0))
		return kernel_replay_fail(c->rp, "the trace puts the heap over the agent");
	if (now > old) {
		r = TASK_CALL_REPLAY(t, SYS_mmap, old, now - old, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE,
				     (uint64_t)-1, 0);
		r = r == (int64_t)old ? 0 : r;
	} else if (now < old) {
		r = TASK_CALL_REPLAY(t, SYS_munmap, now, old - now);
	}
	kernel_mm(t->mm)->brk = brk;
	return r ? kernel_replay_fail(c->rp, "the heap cannot be set to 0x%lx", brk) : 0;
}

SYSCALL_HANDLER(brk, .replay = replay_brk);
