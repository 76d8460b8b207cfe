/* Makes the recorded mappings. Replaying. */
#include "counter/page.h"
#include "instrument/image.h"
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/reserved.h"
#include "util/array.h"
#include "util/procfd.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
/* Shared mappings of one address space: the default of vm.max_map_count. */
#define SHARED_MAX 65530

bool kernel_replay_touches_agent(uint64_t start, uint64_t len)
{
	return start < AGENT_END && (len > UINT64_MAX - start || start + len > AGENT_ADDR);
}

/* Shared memory without a file has no id in the trace. It gets an id with this bit. */
#define ANON_OBJECT (1ull << 63)

/* Closes objects that no task has mapped. Nothing is lost: an object that is mapped later gets its
 * contents from the trace. */
static void objects_tidy(struct replaying *rp)
{
	size_t kept = 0;

	for (size_t i = 0; i < rp->nobjects; i++)
		if (rp->mapped(rp, rp->objects[i].id))
			rp->objects[kept++] = rp->objects[i];
		else
			close(rp->objects[i].fd);
	rp->nobjects = kept;
	rp->own->tidy_at = kept + kept / 4 + 32;
}

int kernel_replay_object_fd(struct replaying *rp, uint64_t id)
{
	for (size_t i = 0; i < rp->nobjects; i++)
		if (rp->objects[i].id == id)
			return rp->objects[i].fd;
	if (rp->mapped && rp->nobjects >= rp->own->tidy_at)
		objects_tidy(rp);
	int fd = memfd_create("rr-object", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	*ARRAY_ADD(rp->objects, rp->nobjects) = (struct replay_object){id, fd};
	return fd;
}

void kernel_replay_fills_close(struct replaying *rp)
{
	for (size_t i = 0; i < rp->own->nfills; i++)
		close(rp->own->fills[i].fd);
	rp->own->nfills = 0;
}

int kernel_replay_map_fd(struct replaying *rp, struct task *t, const struct trace_map *m, int fd,
			 int open_flags, uint32_t flags, uint64_t offset)
{
	const struct proc_fd link = proc_fd(rp->self, fd);

	if (task_write(t, AGENT_DATA, link.path, strlen(link.path) + 1))
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

int kernel_replay_add_shared(struct replaying *rp, struct task *t, const struct shared_map *s)
{
	if (kernel_mm(t->mm)->nshared >= SHARED_MAX)
		return kernel_replay_fail(
			rp, "the trace has more shared mappings than a program can have");
	kernel_mm_add_shared(t->mm, *s);
	return 0;
}

static int map_object(struct replaying *rp, struct task *t, const struct trace_map *m,
		      const struct shared_map *s, uint64_t size)
{
	int fd = kernel_replay_object_fd(rp, s->object);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		return kernel_replay_memory_fail(rp);
	/* The trace has the contents of this range, but not its holes. */
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)s->offset, (off_t)s->len);
	return kernel_replay_add_shared(rp, t, s)
		       ? -1
		       : kernel_replay_map_fd(rp, t, m, fd, O_RDWR | O_CLOEXEC,
					      m->flags & (MAP_SHARED | MAP_PRIVATE), s->offset);
}

/* Backed by a memory file, so that a checkpoint can copy the contents. */
static int map_anon_object(struct replaying *rp, struct task *t, const struct trace_map *m)
{
	return map_object(rp, t, m,
			  &(struct shared_map){m->start, m->len, ANON_OBJECT | ++rp->own->anon_last,
					       0, false, NULL},
			  m->len);
}

int kernel_replay_map(struct replaying *rp, struct task *t, const struct trace_map *m)
{
	int fd, r;

	if (kernel_replay_touches_agent(m->start, m->len))
		return kernel_replay_fail(rp, "the trace maps memory over the agent");
	if (!m->len) { /* only reports where the heap is */
		kernel_mm(t->mm)->brk = m->start;
		return 0;
	}
	if (m->backing == BACKING_FOLLOW)
		return kernel_replay_object_shows(rp, t, m);
	kernel_mm_remove_shared(t->mm, m->start, m->len);
	kernel_replay_file_note(rp, m);
	if (m->backing != BACKING_CODE)
		kernel_code_gone(t, m->start, m->len);
	if (m->backing == BACKING_ANON && (m->flags & MAP_GROWSDOWN_) && m->size)
		task_set_stack_limit(t, m->size);
	switch (m->backing) {
	case BACKING_FILE:
		/* With O_PATH, because opening a pipe blocks, and opening some devices has
		 * effects. */
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
		*ARRAY_ADD(rp->own->fills, rp->own->nfills) =
			(struct replay_fill){t->tid, fd, m->start, m->len};
		return kernel_replay_map_fd(rp, t, m, fd, O_RDONLY | O_CLOEXEC,
					    MAP_PRIVATE | (m->flags & MAP_NORESERVE), 0);
	}
	case BACKING_CODE: {
		const struct code_image *img = kernel_replay_code_map(rp, t, m);
		if (!img)
			return -1;
		if (rp->counter_fd < 0) {
			code_of(t->mm)->look_only = true;
			return 0;
		}
		return kernel_replay_map_fd(rp, t, m, img->fd, O_RDONLY | O_CLOEXEC, MAP_PRIVATE,
					    m->offset);
	}
	case BACKING_COUNTER:
		if (rp->counter_fd < 0 || m->start != COUNTER_PAGE || m->len != PAGE)
			return kernel_replay_fail(rp, "the trace maps a bad counter page");
		kernel_mm(t->mm)->counted = true;
		return kernel_replay_map_fd(rp, t, m, rp->counter_fd, O_RDWR | O_CLOEXEC,
					    MAP_SHARED, 0);
	case BACKING_OBJECT:
		return map_object(rp, t, m,
				  &(struct shared_map){m->start, m->len, m->object, m->offset,
						       !strcmp(m->path, "[sysv]"), NULL},
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

int kernel_replay_maps(struct replaying *rp, struct task *t)
{
	struct trace_map m;
	int r;

	kernel_replay_fills_close(rp);
	while ((r = trace_next_map(rp->r, &m)) == 1)
		if (kernel_replay_map(rp, t, &m))
			return -1;
	return r ? kernel_replay_fail(rp, "%s", trace_reader_error(rp->r)) : 0;
}

int kernel_replay_exec(struct replaying *rp, struct task *t)
{
	/* Unmaps everything but the agent. The last page of the address space cannot be mapped. */
	if (TASK_CALL_REPLAY(t, SYS_munmap, 0, AGENT_ADDR) ||
	    TASK_CALL_REPLAY(t, SYS_munmap, AGENT_END, TASK_END - AGENT_END))
		return kernel_replay_fail(rp, "the stub cannot be emptied");
	return kernel_replay_maps(rp, t);
}
