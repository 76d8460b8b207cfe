/* Mappings made again in replay, and the bytes put back. */
#include "counter/page.h"
#include "instrument/image.h"
#include "kernel/kernel.h"
#include "util/lack.h"
#include "util/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAP_GROWSDOWN_ 0x100
/* The most that one call writes (linux/fs.h). */
#define MAX_RW_COUNT PAGE_DOWN((uint64_t)INT32_MAX)
/* Shared mappings of one address space: as many as the kernel makes (vm.max_map_count). */
#define SHARED_MAX 65530

int kernel_replay_fail(struct replaying *rp, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rp->error, sizeof(rp->error), fmt, ap);
	va_end(ap);
	line_plain(rp->error);
	return -1;
}

/* A trace that would put code of its own where the agent's is could make real calls through it. */
static bool touches_agent(uint64_t start, uint64_t len)
{
	return start < AGENT_END && (len > UINT64_MAX - start || start + len > AGENT_ADDR);
}

/* Shared memory without a file has no id in the trace: it gets one of these. */
#define ANON_OBJECT (1ull << 63)

/* What is mapped again gets its contents from the trace: nothing is lost. */
static void objects_tidy(struct replaying *rp)
{
	size_t kept = 0;

	for (size_t i = 0; i < rp->nobjects; i++)
		if (rp->mapped(rp, rp->objects[i].id))
			rp->objects[kept++] = rp->objects[i];
		else
			close(rp->objects[i].fd);
	rp->nobjects = kept;
	rp->tidy_at = kept + kept / 4 + 32;
}

int kernel_replay_memory_fail(struct replaying *rp)
{
	if (errno != EFBIG && errno != EINVAL)
		lack_note("memory file");
	return kernel_replay_fail(rp, "memory file: %s", strerror(errno));
}

int kernel_replay_object_fd(struct replaying *rp, uint64_t id)
{
	for (size_t i = 0; i < rp->nobjects; i++)
		if (rp->objects[i].id == id)
			return rp->objects[i].fd;
	if (rp->mapped && rp->nobjects >= rp->tidy_at)
		objects_tidy(rp);
	int fd = memfd_create("rr-object", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	rp->objects = xrealloc(rp->objects, (rp->nobjects + 1) * sizeof(*rp->objects));
	rp->objects[rp->nobjects++] = (struct replay_object){id, fd};
	return fd;
}

static void fills_close(struct replaying *rp)
{
	for (size_t i = 0; i < rp->nfills; i++)
		close(rp->fills[i].fd);
	rp->nfills = 0;
}

int kernel_replay_map_fd(struct replaying *rp, struct task *t, const struct trace_map *m, int fd,
			 int open_flags, uint32_t flags, uint64_t offset)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", rp->self, fd);
	if (task_write(t, AGENT_DATA, path, strlen(path) + 1))
		return kernel_replay_fail(rp, "agent: %s", strerror(errno));
	int64_t tfd = TASK_CALL_REPLAY(t, SYS_openat, (uint64_t)AT_FDCWD, AGENT_DATA,
				       (uint64_t)open_flags);
	if (tfd < 0)
		return kernel_replay_fail(rp, "%s: cannot be opened for the task: %s", m->path,
					  strerror((int)-tfd));
	int64_t r = TASK_CALL_REPLAY(t, SYS_mmap, m->start, m->len, m->prot, flags | MAP_FIXED,
				     (uint64_t)tfd, offset);
	TASK_CALL_REPLAY(t, SYS_close, (uint64_t)tfd);
	if (r != (int64_t)m->start)
		return kernel_replay_fail(rp, "%s: cannot be mapped at 0x%lx: %s", m->path,
					  m->start, strerror((int)-r));
	return 0;
}

static int map_object(struct replaying *rp, struct task *t, const struct trace_map *m,
		      const struct shared_map *s, uint64_t size)
{
	int fd = kernel_replay_object_fd(rp, s->object);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		return kernel_replay_memory_fail(rp);
	/* What is there now will be put anew from the trace, but for the holes. */
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)s->offset, (off_t)s->len);
	if (t->mm->nshared >= SHARED_MAX)
		return kernel_replay_fail(rp, "more shared mappings than a program can have");
	mm_add_shared(t->mm, *s);
	return kernel_replay_map_fd(rp, t, m, fd, O_RDWR | O_CLOEXEC,
				    m->flags & (MAP_SHARED | MAP_PRIVATE), s->offset);
}

/* A memory file of the replay's own, so that a checkpoint can copy what it holds. */
static int map_anon_object(struct replaying *rp, struct task *t, const struct trace_map *m)
{
	return map_object(
		rp, t, m,
		&(struct shared_map){m->start, m->len, ANON_OBJECT | ++rp->anon_last, 0, false},
		m->len);
}

static int map_again(struct replaying *rp, struct task *t, const struct trace_map *m)
{
	int fd, r;

	if (touches_agent(m->start, m->len))
		return kernel_replay_fail(rp, "the trace maps memory where the agent is");
	if (!m->len) { /* the heap's place */
		t->mm->brk = m->start;
		return 0;
	}
	mm_remove_shared(t->mm, m->start, m->len);
	kernel_replay_file_note(rp, m);
	if (m->backing != BACKING_CODE)
		kernel_code_gone(t, m->start, m->len);
	if (m->backing == BACKING_ANON && (m->flags & MAP_GROWSDOWN_) && m->size)
		task_set_stack_limit(t, m->size);
	switch (m->backing) {
	case BACKING_FILE:
		/* Opened by name only: a pipe would keep us waiting, and some devices act when they
		 * are opened. */
		fd = kernel_replay_unchanged(rp, m->path, m->size, m->mtime_ns, O_PATH);
		break;
	case BACKING_COPY:
		fd = trace_open_copy(rp->r, m->copy);
		if (fd < 0)
			return kernel_replay_fail(rp, "%s", trace_reader_error(rp->r));
		break;
	case BACKING_DATA: {
		uint64_t n = m->size > m->offset ? m->size - m->offset : 0;
		fd = memfd_create("rr-data", MFD_CLOEXEC);
		if (fd < 0 || ftruncate(fd, (off_t)(n < m->len ? n : m->len)))
			return kernel_replay_memory_fail(rp);
		rp->fills = xrealloc(rp->fills, (rp->nfills + 1) * sizeof(*rp->fills));
		rp->fills[rp->nfills++] = (struct replay_fill){t->tid, fd, m->start, m->len};
		return kernel_replay_map_fd(rp, t, m, fd, O_RDONLY | O_CLOEXEC,
					    MAP_PRIVATE | (m->flags & MAP_NORESERVE), 0);
	}
	case BACKING_CODE: {
		const struct code_image *img = kernel_code_again(rp, t, m);
		if (!img)
			return -1;
		if (rp->counter_fd < 0) {
			t->mm->code.look_only = true;
			return 0;
		}
		return kernel_replay_map_fd(rp, t, m, img->fd, O_RDONLY | O_CLOEXEC, MAP_PRIVATE,
					    m->offset);
	}
	case BACKING_COUNTER:
		if (rp->counter_fd < 0 || m->start != COUNTER_PAGE || m->len != PAGE)
			return kernel_replay_fail(rp, "the trace maps a counter page that is none");
		t->mm->counted = true;
		return kernel_replay_map_fd(rp, t, m, rp->counter_fd, O_RDWR | O_CLOEXEC,
					    MAP_SHARED, 0);
	case BACKING_OBJECT:
		return map_object(rp, t, m,
				  &(struct shared_map){m->start, m->len, m->object, m->offset,
						       !strcmp(m->path, "[sysv]")},
				  m->size);
	default: {
		if (m->flags & MAP_SHARED)
			return map_anon_object(rp, t, m);
		uint32_t kept = m->flags & (MAP_PRIVATE | MAP_GROWSDOWN_);
		int64_t at = TASK_CALL_REPLAY(t, SYS_mmap, m->start, m->len, m->prot,
					      kept | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE,
					      (uint64_t)-1, 0);
		if (at != (int64_t)m->start)
			return kernel_replay_fail(rp, "memory at 0x%lx: cannot be mapped: %s",
						  m->start, strerror((int)-at));
		return 0;
	}
	}
	if (fd < 0)
		return -1;
	r = kernel_replay_map_fd(rp, t, m, fd, O_RDONLY | O_CLOEXEC,
				 MAP_PRIVATE | (m->flags & MAP_NORESERVE), m->offset);
	close(fd);
	return r;
}

static int maps_again(struct replaying *rp, struct task *t)
{
	struct trace_map m;
	int r;

	fills_close(rp);
	while ((r = trace_next_map(rp->r, &m)) == 1)
		if (map_again(rp, t, &m))
			return -1;
	return r ? kernel_replay_fail(rp, "%s", trace_reader_error(rp->r)) : 0;
}

int kernel_replay_exec(struct replaying *rp, struct task *t)
{
	/* Everything but the agent goes; the last page of the address space is nobody's. */
	if (TASK_CALL_REPLAY(t, SYS_munmap, 0, AGENT_ADDR) ||
	    TASK_CALL_REPLAY(t, SYS_munmap, AGENT_END, 0x7ffffffff000 - AGENT_END))
		return kernel_replay_fail(rp, "the stub cannot be emptied");
	return maps_again(rp, t);
}

static int brk_again(struct replaying *rp, struct task *t, uint64_t brk)
{
	uint64_t old = PAGE_UP(t->mm->brk), now = PAGE_UP(brk);
	int64_t r = 0;

	if (touches_agent(old, now > old ? now - old : 0) ||
	    touches_agent(now, old > now ? old - now : 0))
		return kernel_replay_fail(rp, "the trace puts the heap where the agent is");
	if (now > old) {
		r = TASK_CALL_REPLAY(t, SYS_mmap, old, now - old, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE,
				     (uint64_t)-1, 0);
		r = r == (int64_t)old ? 0 : r;
	} else if (now < old) {
		r = TASK_CALL_REPLAY(t, SYS_munmap, now, old - now);
	}
	t->mm->brk = brk;
	return r ? kernel_replay_fail(rp, "the heap cannot be set to 0x%lx", brk) : 0;
}

static int mremap_again(struct replaying *rp, struct task *t, const uint64_t a[6], uint64_t result)
{
	uint64_t flags = a[3], to = result;
	struct mm *mm = t->mm;
	struct shared_map moved = {0};

	if (touches_agent(a[0], a[1]) || touches_agent(result, a[2]))
		return kernel_replay_fail(rp, "the trace moves memory where the agent is");
	if (result != a[0])
		flags |= MREMAP_MAYMOVE | MREMAP_FIXED;
	else
		flags &= ~(uint64_t)(MREMAP_FIXED), to = 0;
	int64_t r = TASK_CALL_REPLAY(t, SYS_mremap, a[0], a[1], a[2], flags, to);
	if (r != (int64_t)result)
		return kernel_replay_fail(rp, "mremap to 0x%lx: %s", result,
					  r < 0 ? strerror((int)-r) : "went elsewhere");
	for (size_t i = 0; i < mm->nshared; i++)
		if (mm->shared[i].start <= a[0] && a[0] < mm->shared[i].start + mm->shared[i].len) {
			moved = mm->shared[i];
			moved.offset += a[0] - moved.start;
		}
	if (moved.len) {
		if (mm->nshared >= SHARED_MAX)
			return kernel_replay_fail(rp,
						  "more shared mappings than a program can have");
		if (a[1])
			mm_remove_shared(mm, a[0], PAGE_UP(a[1]));
		moved.start = result;
		moved.len = PAGE_UP(a[2]);
		mm_add_shared(mm, moved);
	}
	return 0;
}

static int shmdt_again(struct replaying *rp, struct task *t, uint64_t addr)
{
	for (size_t i = 0; i < t->mm->nshared; i++) {
		struct shared_map m = t->mm->shared[i];
		if (!m.sysv || m.start != addr)
			continue;
		mm_remove_shared(t->mm, m.start, m.len);
		return TASK_CALL_REPLAY(t, SYS_munmap, m.start, m.len)
			       ? kernel_replay_fail(rp, "shmdt")
			       : 0;
	}
	return kernel_replay_fail(rp, "shmdt of 0x%lx, where nothing is attached", addr);
}

/* How far the stack may grow decides where a program overflows it. */
static int rlimit_again(struct replaying *rp, struct task *t, const struct trace_event *ev,
			const uint64_t a[6])
{
	bool pr = ev->sysno == SYS_prlimit64;
	uint64_t at = pr ? a[2] : a[1];
	struct rlimit lim;

	if (ev->sysno == SYS_getrlimit || !at || a[pr ? 1 : 0] != RLIMIT_STACK ||
	    (pr && a[0] && (pid_t)a[0] != ev->tid))
		return 0;
	if (task_read_all(t, at, &lim, sizeof(lim)))
		return kernel_replay_fail(rp, "the stack's limit cannot be read");
	task_set_stack_limit(t, lim.rlim_cur);
	return 0;
}

/* Advice that changes what memory holds or what a child will find. */
static bool madvise_matters(uint64_t advice)
{
	static const uint8_t codes[] = {
		4 /* DONTNEED */,         9 /* REMOVE */,          10 /* DONTFORK */,
		11 /* DOFORK */,          18 /* WIPEONFORK */,     19 /* KEEPONFORK */,
		24 /* DONTNEED_LOCKED */, 102 /* GUARD_INSTALL */, 103 /* GUARD_REMOVE */};

	for (size_t i = 0; i < sizeof(codes); i++)
		if (codes[i] == advice)
			return true;
	return false;
}

/* A call about a range of memory, around what is rr's own. */
static int64_t range_again(struct task *t, long nr, const uint64_t a[6])
{
	uint64_t start = a[0], len = a[1], rest;
	bool around = kernel_around_own(nr, &start, &len, &rest);
	int64_t r = around && nr != SYS_munmap ? -ENOMEM : 0;

	if (len || !around)
		r = TASK_CALL_REPLAY(t, nr, start, len, a[2]);
	if (rest) {
		TASK_CALL_REPLAY(t, nr, SCRATCH_END, rest, a[2]);
		r = nr == SYS_madvise && r == 0 ? -ENOMEM : r;
	}
	return r;
}

int kernel_replay(struct replaying *rp, struct task *t, const struct trace_event *ev)
{
	const struct sys_desc *d = systab_get(ev->sysno);
	uint64_t a[6];
	int64_t r = 0;

	if (!d || (d->cls != SYS_REAL && d->handler != SYSH_rlimit) ||
	    (ev->flags & (EVF_REFUSED | EVF_EXEC)))
		return 0;
	bool failed = ev->result < 0 && ev->result > -4096;
	for (int i = 0; i < 6; i++)
		a[i] = arch_arg(&ev->regs, i);
	switch (d->handler) {
	case SYSH_mmap:
	case SYSH_shmat: return failed ? 0 : maps_again(rp, t);
	case SYSH_munmap:
		if (failed)
			return 0;
		mm_remove_shared(t->mm, a[0], PAGE_UP(a[1]));
		kernel_code_gone(t, a[0], PAGE_UP(a[1]));
		r = range_again(t, SYS_munmap, a);
		break;
	case SYSH_mprotect: /* may have changed a part before it failed so */
		if (failed && ev->result != -ENOMEM && ev->result != -EACCES)
			return 0;
		r = range_again(t, SYS_mprotect, a);
		break;
	case SYSH_brk: return brk_again(rp, t, (uint64_t)ev->result);
	case SYSH_mremap: return failed ? 0 : mremap_again(rp, t, a, (uint64_t)ev->result);
	case SYSH_rlimit: return failed ? 0 : rlimit_again(rp, t, ev, a);
	case SYSH_shmdt: return failed ? 0 : shmdt_again(rp, t, a[0]);
	case SYSH_madvise: /* goes on behind a hole, and says so only at its end */
		if (failed && ev->result != -ENOMEM)
			return 0;
		t->mm->advised |= a[2] == MADV_DONTFORK || a[2] == MADV_WIPEONFORK;
		if (a[2] == 8 /* MADV_FREE, which the recorder follows up by DONTNEED */)
			a[2] = 4;
		r = madvise_matters(a[2]) ? range_again(t, SYS_madvise, a) : ev->result;
		break;
	default: return 0;
	}
	if (r != ev->result)
		return kernel_replay_fail(rp, "%s gave %ld when recorded and %ld now", d->name,
					  (long)ev->result, (long)r);
	return 0;
}

static int zero_again(struct replaying *rp, struct task *t, const struct trace_data *d)
{
	static const uint8_t zero[PAGE];

	if (d->object) {
		int fd = kernel_replay_object_fd(rp, d->object);
		if (fd < 0)
			return kernel_replay_memory_fail(rp);
		if (d->fill_len == UINT64_MAX - d->addr) /* to the end of time: the object's size */
			return ftruncate(fd, (off_t)d->addr) ? kernel_replay_memory_fail(rp) : 0;
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)d->addr,
			  (off_t)d->fill_len);
		return 0;
	}
	if (touches_agent(d->addr, d->fill_len) || d->fill_len > MAX_RW_COUNT)
		return kernel_replay_fail(
			rp, "the trace writes where the agent is, or more than a call does");
	for (uint64_t at = 0; at < d->fill_len; at += PAGE) {
		uint64_t n = d->fill_len - at < PAGE ? d->fill_len - at : PAGE;
		if (task_write(t, d->addr + at, zero, n))
			return kernel_replay_fail(rp, "memory at 0x%lx cannot be written",
						  d->addr + at);
	}
	return 0;
}

/* Memory that cannot be written could not be by the kernel either: a call's outputs as its row
 * gives them may reach further than what it wrote. */
static bool holds_already(struct task *t, const struct trace_data *d)
{
	uint8_t buf[TRACE_DATA_MAX];

	return d->len <= sizeof(buf) && !task_read_all(t, d->addr, buf, d->len) &&
	       !memcmp(buf, d->bytes, d->len);
}

int kernel_replay_data(struct replaying *rp, struct task *t, const struct trace_data *d)
{
	int fd;

	switch (d->kind) {
	case DATA_OUT:
		if (touches_agent(d->addr, d->len))
			return kernel_replay_fail(rp, "the trace writes where the agent is");
		if (task_write_own(t, d->addr, d->bytes, d->len) && !holds_already(t, d))
			return kernel_replay_fail(rp,
						  "memory at 0x%lx (%u bytes) cannot be written",
						  d->addr, d->len);
		return 0;
	case DATA_SHARED:
		fd = kernel_replay_object_fd(rp, d->object);
		if (fd < 0 || pwrite_all(fd, d->bytes, d->len, d->addr))
			return kernel_replay_memory_fail(rp);
		return 0;
	case DATA_FILL:
		for (size_t i = 0; i < rp->nfills; i++) {
			struct replay_fill *f = &rp->fills[i];
			if (d->addr < f->start || d->addr - f->start >= f->len)
				continue;
			if (pwrite_all(f->fd, d->bytes, d->len, d->addr - f->start))
				return kernel_replay_memory_fail(rp);
			return 0;
		}
		return kernel_replay_fail(rp, "contents for 0x%lx, where nothing was mapped",
					  d->addr);
	case DATA_ZERO: return zero_again(rp, t, d);
	case DATA_DEBUG: return kernel_watches_again(rp, t, d);
	case DATA_XSTATE:
		return task_set_xstate(t, d->bytes, d->len)
			       ? kernel_replay_fail(
					 rp, "this CPU does not take the recorded register state")
			       : 0;
	default: return 0;
	}
}

static int output_run(struct task *t, uint64_t addr, uint64_t n,
		      int (*put)(void *, const void *, size_t), void *ctx)
{
	uint8_t buf[TRACE_DATA_MAX];

	while (n) {
		size_t want = n < sizeof(buf) ? n : sizeof(buf);
		if (task_read_all(t, addr, buf, want))
			return -1;
		task_hide_planted(t, addr, buf, want);
		if (put(ctx, buf, want))
			return -1;
		addr += want;
		n -= want;
	}
	return 0;
}

static int output_iovec(struct task *t, uint64_t addr, uint64_t count, uint64_t n,
			int (*put)(void *, const void *, size_t), void *ctx)
{
	struct iovec v;

	if (count > IOV_MAX) {
		errno = EINVAL;
		return -1;
	}
	for (; count && n; count--, addr += sizeof(v)) {
		if (task_read_all(t, addr, &v, sizeof(v)))
			return -1;
		uint64_t k = v.iov_len < n ? v.iov_len : n;
		if (output_run(t, (uint64_t)v.iov_base, k, put, ctx))
			return -1;
		n -= k;
	}
	return 0;
}

int kernel_output(struct task *t, const struct trace_event *ev,
		  int (*put)(void *, const void *, size_t), void *ctx)
{
	uint64_t n = ev->result > 0 ? (uint64_t)ev->result : 0, a1 = arch_arg(&ev->regs, 1),
		 a2 = arch_arg(&ev->regs, 2);
	struct msghdr m;

	if (n > MAX_RW_COUNT) {
		errno = EINVAL;
		return -1;
	}
	switch (ev->sysno) {
	case SYS_write:
	case SYS_pwrite64:
	case SYS_sendto: return output_run(t, a1, n, put, ctx);
	case SYS_writev:
	case SYS_pwritev:
	case SYS_pwritev2: return output_iovec(t, a1, a2, n, put, ctx);
	case SYS_sendmsg:
		if (task_read_all(t, a1, &m, sizeof(m)))
			return -1;
		return output_iovec(t, (uint64_t)m.msg_iov, m.msg_iovlen, n, put, ctx);
	default: return 0;
	}
}

void kernel_replay_free(struct replaying *rp)
{
	fills_close(rp);
	kernel_replay_codes_free(rp);
	kernel_replay_files_free(rp);
	kernel_replay_objects_free(rp);
	free(rp->fills);
}
