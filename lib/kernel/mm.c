/* Mappings and the heap: mmap, munmap, mremap, mprotect, madvise, brk. */
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "tracee/reserved.h"
#include "util/array.h"
#include "util/exhaustion.h"
#include "util/procfd.h"
#include "util/size.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mman.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* asm-generic/mman-common.h; older C libraries do not define it. */
#define MADV_GUARD_INSTALL_ 102
#define MADV_GUARD_REMOVE_ 103

static bool is_error(int64_t result)
{
	return result < 0 && result > -4096;
}

/* --- mmap --- */

/* Opens the file of a task's descriptor once more, and sets *path and *st. -1: it cannot be opened,
 * or it is no regular file. */
static int open_fd(struct call *c, int fd, char path[4096], struct stat *st)
{
	const struct proc_fd link = proc_fd(c->t->tid, fd);

	proc_fd_target(c->t->tid, fd, path, 4096);
	int snapshot = kernel_open_mapped(c, st);
	if (snapshot >= 0)
		return snapshot;
	if (proc_fd_stat(c->t->tid, fd, st))
		memset(st, 0, sizeof(*st));
	return S_ISREG(st->st_mode) && !kernel_fd_is_served(c, fd)
		       ? exhaustion_open(link.path, O_RDONLY | O_NOCTTY | O_NONBLOCK)
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

/* File systems whose files show what a driver writes: linux/magic.h. */
static bool is_drivers(const char *path)
{
	static const long magics[] = {ANON_INODE_FS_MAGIC, SYSFS_MAGIC,   DEBUGFS_MAGIC,
				      TRACEFS_MAGIC,       DMA_BUF_MAGIC, SECRETMEM_MAGIC};
	struct statfs fs;

	if (statfs(path, &fs))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (fs.f_type == magics[i])
			return true;
	return false;
}

/* Memory that a driver or a peer writes without a recorded call cannot be recorded. After ENODEV
 * programs do without such a mapping. */
static void mmap_refuse_drivers(struct call *c)
{
	const struct proc_fd link = proc_fd(c->t->tid, (int)c->args[4]);
	char what[128], path[96] = "a file";
	struct stat st;

	if (proc_fd_stat(c->t->tid, (int)c->args[4], &st) ||
	    (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 5)))
		return;
	if (S_ISCHR(st.st_mode))
		snprintf(path, sizeof(path), "a device");
	else if (S_ISSOCK(st.st_mode))
		snprintf(path, sizeof(path), "a socket");
	else if (!kernel_fd_is_served(c, (int)c->args[4]) && is_drivers(link.path))
		proc_fd_target(c->t->tid, (int)c->args[4], path, sizeof(path));
	else
		return;
	snprintf(what, sizeof(what), "mmap of %s", path);
	text_make_plain(what);
	c->rec->warn(c->rec, what, "refused, because its memory cannot be recorded");
	kernel_call_refuse(c, ENODEV);
}

static void enter_mmap(struct call *c)
{
	mmap_avoid_reserved(c);
	if (!(c->args[3] & MAP_ANONYMOUS))
		mmap_refuse_drivers(c);
}

/* Huge pages are mapped whole; without a size in the flags, they are of the usual one. */
static uint64_t mapped_length(const struct call *c)
{
	uint64_t shift = c->args[3] >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
	uint64_t huge = 1ull << (shift ? shift : 21);

	if (!(c->args[3] & MAP_ANONYMOUS) || !(c->args[3] & MAP_HUGETLB))
		return PAGE_UP(c->args[1]);
	return (c->args[1] + huge - 1) & -huge;
}

static void looks_mmap(struct call *c)
{
	uint64_t start = (uint64_t)c->result;

	if (!is_error(c->result) && !(c->args[3] & MAP_ANONYMOUS) &&
	    kernel_fd_is_served(c, (int)c->args[4]))
		kernel_look_at_maps(c, start, start + mapped_length(c), (int)c->args[4]);
}

static void exit_mmap(struct call *c)
{
	struct stat st = {0};
	char path[4096] = "";

	if (is_error(c->result)) {
		/* Even a failed call may have unmapped what was there: __mmap_region() in
		 * mm/vma.c. */
		if ((c->args[3] & MAP_FIXED) && c->verdict == CALL_MAKE)
			kernel_effect_holes(c, c->args[0], mapped_length(c));
		return;
	}
	int fd = c->args[3] & MAP_ANONYMOUS ? -1 : open_fd(c, (int)c->args[4], path, &st);
	kernel_code_room(c, fd, path, &st);
	struct trace_map m = {.tid = c->t->tid,
			      .start = (uint64_t)c->result,
			      .len = mapped_length(c),
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

/* Replays the recorded effect of a call that failed. */
static int replay_failed(struct replay_call *c)
{
	return kernel_replay_effects(c, -1) < 0 ? -1 : 0;
}

static int replay_mmap(struct replay_call *c)
{
	return is_error(c->result) ? replay_failed(c) : kernel_replay_maps(c->rp, c->t);
}

SYSCALL_HANDLER(mmap, .enter = enter_mmap, .looks = looks_mmap, .exit = exit_mmap,
		.replay = replay_mmap);

/* --- munmap, mprotect --- */

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

static void exit_mprotect(struct call *c)
{
	kernel_exit_range(c);
	if (is_error(c->result) && c->verdict == CALL_MAKE)
		kernel_effect_protected(c);
}

static int replay_mprotect(struct replay_call *c)
{
	int r = is_error(c->result) ? kernel_replay_effects(c, SYS_mprotect) : 0;

	if (r)
		return r < 0 ? -1 : 0;
	/* Old traces have no records of effects. With these errors, the call may have changed the
	 * pages before the one at which it failed. */
	if (is_error(c->result) && c->result != -ENOMEM && c->result != -EACCES)
		return 0;
	return replay_result(c, kernel_replay_range(c->t, SYS_mprotect, c->args));
}

SYSCALL_HANDLER(mprotect, .enter = kernel_enter_range, .exit = exit_mprotect,
		.replay = replay_mprotect);

/* --- mremap --- */

static void enter_mremap(struct call *c)
{
	const uint64_t *a = c->args;

	if (kernel_is_reserved(a[0], PAGE_UP(a[1])))
		kernel_call_refuse(c, EFAULT);
	else if ((a[3] & MREMAP_FIXED) && kernel_is_reserved(a[4], PAGE_UP(a[2])))
		kernel_call_refuse(c, ENOMEM);
}

/* Notes that mappings have been moved or resized. Adds to *v those of them that are shared, as they
 * are now, which the caller adds to the address space. */
static void mremap_note(struct task *t, const uint64_t a[6], uint64_t to, struct shared_map **v,
			size_t *n)
{
	uint64_t old = a[0], old_len = PAGE_UP(a[1]), len = PAGE_UP(a[2]);
	uint64_t end = old + (old_len < len ? old_len : len);
	struct mm *mm = t->mm;

	for (size_t i = 0; i < kernel_mm(mm)->nshared; i++) {
		struct shared_map m = kernel_mm(mm)->shared[i];
		uint64_t m_end = m.start + m.len, from = m.start > old ? m.start : old;
		uint64_t m_to = m_end < end ? m_end : end;
		if (old_len ? from >= m_to : m.start > old || old >= m_end)
			continue;
		m.offset += from - m.start;
		m.start = to + (from - old);
		m.len = old_len && m_to < old + old_len ? m_to - from : len - (from - old);
		*ARRAY_ADD(*v, *n) = m;
	}
	if (to != old) {
		kernel_code_gone(t, to, len);
		kernel_mm_remove_shared(mm, to, len);
	}
	if (old_len && !(a[3] & MREMAP_DONTUNMAP))
		kernel_mm_remove_shared(mm, old, old_len);
}

/* Opens the file of a mapping by its link in /proc/PID/map_files, or its snapshot. */
static int open_grown(struct recording *rec, const struct shared_map *m, const char *link,
		      struct stat *st)
{
	const struct shared_object *o = m->object && m->object <= rec->own->nobjects
						? &rec->own->objects[m->object - 1]
						: NULL;
	int fd = o ? kernel_open_snapshot(rec, o->dev, o->ino, st) : -1;

	if (fd >= 0)
		return fd;
	fd = exhaustion_open(link, O_RDONLY);
	if (fd >= 0 && fstat(fd, st)) {
		close(fd);
		fd = -1;
	}
	return fd;
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
	int fd = open_grown(c->rec, m, link, &st);
	if (fd >= 0)
		kernel_put_object(c->rec, m->object, fd, m->offset,
				  end < (uint64_t)st.st_size ? end : (uint64_t)st.st_size);
	else
		kernel_put_object_memory(c->rec, c->t, &grown);
	if (fd >= 0)
		close(fd);
}

/* With MREMAP_FIXED the target is unmapped first, and what the old mapping has too much. Since
 * Linux 6.17 several mappings can be moved, and some of them may have been before one cannot:
 * remap_move() in mm/mremap.c. */
static void mremap_failed(struct call *c)
{
	uint64_t old = c->args[0], old_len = PAGE_UP(c->args[1]);
	uint64_t len = PAGE_UP(c->args[2]), to = c->args[4];

	if (!(c->args[3] & MREMAP_FIXED) || c->verdict != CALL_MAKE || old % PAGE || to % PAGE ||
	    old + old_len < old || to + len < to || (old < to + len && to < old + old_len))
		return;
	if (old_len == len && !(c->args[3] & MREMAP_DONTUNMAP)) {
		uint64_t moved = kernel_effect_moved(c, old, len, to);
		const uint64_t a[6] = {old, moved, moved};
		struct shared_map *v = NULL;
		size_t n = 0;
		if (moved)
			mremap_note(c->t, a, to, &v, &n);
		for (size_t i = 0; i < n; i++)
			kernel_mm_add_shared(c->t->mm, v[i]);
		free(v);
	} else if (old_len == len) { /* the source stays, without its pages */
		uint64_t emptied = kernel_effect_emptied(c, old, len);
		kernel_effect_memory(c, old, emptied);
		kernel_effect_memory(c, to, emptied);
	}
	kernel_effect_holes(c, to, len);
	if (old_len > len)
		kernel_effect_holes(c, old + len, old_len - len);
}

static void exit_mremap(struct call *c)
{
	uint64_t old_len = PAGE_UP(c->args[1]), len = PAGE_UP(c->args[2]);
	struct shared_map *v = NULL;
	size_t n = 0;

	if (is_error(c->result)) {
		mremap_failed(c);
		return;
	}
	mremap_note(c->t, c->args, (uint64_t)c->result, &v, &n);
	for (size_t i = 0; i < n; i++) {
		kernel_mm_add_shared(c->t->mm, v[i]);
		if (len > old_len && !v[i].sysv && !v[i].copy &&
		    v[i].start + v[i].len == (uint64_t)c->result + len)
			put_grown(c, &v[i]);
	}
	free(v);
}

struct pieces {
	struct range {
		uint64_t start, end;
	} * v;
	size_t n;
};

static int pieces_of(struct task *t, uint64_t start, uint64_t end, struct pieces *p)
{
	struct maps_file *f = maps_open(t->tid);
	struct maps_line l;

	*p = (struct pieces){0};
	if (!f)
		return -1;
	while (maps_next(f, &l) && l.start < end)
		if (l.end > start)
			*ARRAY_ADD(p->v, p->n) = (struct range){l.start > start ? l.start : start,
								l.end < end ? l.end : end};
	maps_close(f);
	return 0;
}

/* A mapping of the recording may be several ones here. Each of them moves, and the last one
 * grows. */
static int64_t move_pieces(struct task *t, const uint64_t a[6], uint64_t to)
{
	uint64_t old_len = PAGE_UP(a[1]), len = PAGE_UP(a[2]);
	uint64_t kept = old_len < len ? old_len : len, end = a[0] + kept;
	uint64_t flags = a[3] & MREMAP_DONTUNMAP;
	struct pieces p;
	int64_t r = 0;

	if (pieces_of(t, a[0], end, &p))
		return -errno;
	if (to != a[0])
		flags |= MREMAP_MAYMOVE | MREMAP_FIXED;
	for (size_t i = 0; i < p.n && r >= 0; i++) {
		uint64_t n = p.v[i].end - p.v[i].start, grown = p.v[i].end == end ? len - kept : 0;
		uint64_t target = to + (p.v[i].start - a[0]);
		if (to != a[0] || grown)
			r = TASK_CALL_REPLAY(t, SYS_mremap, p.v[i].start, n, n + grown, flags,
					     to != a[0] ? target : 0);
	}
	free(p.v);
	if (r >= 0 && old_len > len)
		r = TASK_CALL_REPLAY(t, SYS_munmap, end, old_len - len);
	return r < 0 ? r : (int64_t)to;
}

static int64_t move_whole(struct task *t, const uint64_t a[6], uint64_t to)
{
	uint64_t flags = a[3] & ~(uint64_t)MREMAP_FIXED;

	if (to != a[0])
		flags |= MREMAP_MAYMOVE | MREMAP_FIXED;
	int64_t r = TASK_CALL_REPLAY(t, SYS_mremap, a[0], a[1], a[2], flags, to != a[0] ? to : 0);
	return r == -EFAULT && a[1] ? move_pieces(t, a, to) : r;
}

static int move_replay(struct replay_call *c, const uint64_t a[6], uint64_t to,
		       int64_t (*move)(struct task *t, const uint64_t a[6], uint64_t to))
{
	struct shared_map *v = NULL;
	size_t n = 0;
	int failed = 0;

	if (kernel_replay_touches_agent(a[0], a[1]) || kernel_replay_touches_agent(to, a[2]))
		return kernel_replay_fail(c->rp, "the trace moves memory over the agent");
	int64_t r = move(c->t, a, to);
	if (r != (int64_t)to)
		return kernel_replay_fail(c->rp, "mremap to 0x%lx: %s", to,
					  r < 0 ? strerror((int)-r) : "went elsewhere");
	mremap_note(c->t, a, to, &v, &n);
	for (size_t i = 0; i < n && !failed; i++)
		failed = kernel_replay_add_shared(c->rp, c->t, &v[i]);
	free(v);
	return failed;
}

int kernel_replay_move(struct replay_call *c, uint64_t old, uint64_t len, uint64_t to)
{
	return move_replay(c, (const uint64_t[6]){old, len, len}, to, move_pieces);
}

static int replay_mremap(struct replay_call *c)
{
	return is_error(c->result) ? replay_failed(c)
				   : move_replay(c, c->args, (uint64_t)c->result, move_whole);
}

SYSCALL_HANDLER(mremap, .enter = enter_mremap, .exit = exit_mremap, .replay = replay_mremap);

/* --- madvise --- */

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

static void exit_madvise(struct call *c)
{
	uint64_t start = c->args[0], len = c->args[1], rest;

	kernel_exit_range(c);
	if (is_error(c->result) && c->verdict == CALL_MAKE &&
	    (c->args[2] == MADV_FREE || advice_matters(c->args[2])))
		kernel_effect_advised(c, c->args[2] == MADV_DONTNEED ||
						 c->args[2] == MADV_DONTNEED_LOCKED_);
	if (c->args[2] != MADV_FREE || c->result)
		return;
	/* After MADV_FREE the kernel may drop the pages at any time. They are dropped at once,
	 * which the advice allows. */
	kernel_around_reserved(c->nr, &start, &len, &rest);
	TASK_CALL(c->t, SYS_madvise, start, len, MADV_DONTNEED);
	if (rest)
		TASK_CALL(c->t, SYS_madvise, SCRATCH_END, rest, MADV_DONTNEED);
}

static int replay_madvise(struct replay_call *c)
{
	uint64_t *a = c->args;

	kernel_mm(c->t->mm)->advised |= a[2] == MADV_DONTFORK || a[2] == MADV_WIPEONFORK;
	if (a[2] == MADV_FREE) /* as exit_madvise() did */
		a[2] = MADV_DONTNEED;
	if (!advice_matters(a[2]))
		return 0;
	int r = is_error(c->result) ? kernel_replay_effects(c, SYS_madvise) : 0;
	if (r)
		return r < 0 ? -1 : 0;
	/* Old traces have no records of effects. The call continues after a hole, and reports the
	 * hole at its end. */
	if (is_error(c->result) && c->result != -ENOMEM)
		return 0;
	return replay_result(c, kernel_replay_range(c->t, SYS_madvise, a));
}

SYSCALL_HANDLER(madvise, .enter = kernel_enter_range, .exit = exit_madvise,
		.replay = replay_madvise);

/* --- brk --- */

static int replay_brk(struct replay_call *c)
{
	struct task *t = c->t;
	uint64_t brk = (uint64_t)c->result;
	uint64_t old = PAGE_UP(kernel_mm(t->mm)->brk), now = PAGE_UP(brk);
	int64_t r = 0;

	if (is_error(c->result)) /* a seccomp filter of the program's answered brk(2) */
		return 0;
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
		kernel_mm_remove_shared(t->mm, now, old - now);
	}
	kernel_mm(t->mm)->brk = brk;
	return r ? kernel_replay_fail(c->rp, "the heap cannot be set to 0x%lx", brk) : 0;
}

SYSCALL_HANDLER(brk, .replay = replay_brk);
