/* Files and descriptors: what written bytes change, and what /proc shows. Recording. */
#include "kernel/handler.h"
#include "util/alloc.h"
#include "util/exhaustion.h"
#include "util/file_io.h"
#include "util/procfd.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Whether the task's descriptor is (a copy of) one of rr-record's standard streams; EVF_STDOUT,
 * EVF_STDERR or 0. */
static uint16_t stdio_of(struct call *c, int fd)
{
	static const uint16_t flag[] = {0, EVF_STDOUT, EVF_STDERR};

	if (fd < 0)
		return 0;
	for (int i = 1; i <= 2; i++)
		if (c->rec->stdio[i] >= 0 && syscall(SYS_kcmp, c->rec->self, c->t->tid, KCMP_FILE,
						     c->rec->stdio[i], fd) == 0)
			return flag[i];
	if (!c->rec->own->stdio_reopened)
		return 0;
	/* The same pipe, terminal or file, opened by another name. */
	struct stat st, ours;
	if (proc_fd_stat(c->t->tid, fd, &st) ||
	    (S_ISCHR(st.st_mode) && major(st.st_rdev) == 1 /* /dev/null and the like */))
		return 0;
	for (int i = 1; i <= 2; i++)
		if (!fstat(c->rec->stdio[i], &ours) && ours.st_dev == st.st_dev &&
		    ours.st_ino == st.st_ino)
			return flag[i];
	return 0;
}

static struct shared_object *object_of(struct call *c, int fd, struct stat *st)
{
	if (!c->rec->own->nobjects)
		return NULL;
	if (proc_fd_stat(c->t->tid, fd, st) || !S_ISREG(st->st_mode))
		return NULL;
	return kernel_object_changed(c->rec, st);
}

static uint64_t fd_position(struct call *c, int fd, unsigned *flags)
{
	uint64_t pos = 0;

	proc_fd_info(c->t->tid, fd, flags, &pos);
	return pos;
}

/* Where in the file the call began to write. */
static uint64_t written_from(struct call *c, int fd, uint64_t *n, uint64_t size)
{
	unsigned flags = 0;
	uint64_t pos = fd_position(c, fd, &flags), to = 0;

	switch (c->nr) {
	case SYS_pwrite64:
	case SYS_pwritev:
	case SYS_pwritev2:
		/* With O_APPEND it appends, whatever its offset. */
		if (!(flags & O_APPEND) && c->args[3] != (uint64_t)-1)
			return c->args[3];
		if (!(flags & O_APPEND))
			return pos - *n;
		break;
	case SYS_splice:
	case SYS_copy_file_range:
		if (!c->args[3])
			return pos - *n;
		if (!KERNEL_CALL_READ(c, c->args[3], &to))
			return to - *n;
		break;
	case SYS_write:
	case SYS_writev:
	case SYS_sendfile: return pos - *n;
	default: break;
	}
	*n = size;
	return 0;
}

/* If the call wrote to a file that is mapped, puts what it wrote, because those mappings show it.
 */
static void update_shared(struct call *c, int fd)
{
	struct stat st;
	struct shared_object *o = object_of(c, fd, &st);

	if (!o)
		return;
	uint64_t n = (uint64_t)c->result;
	uint64_t from = written_from(c, fd, &n, (uint64_t)st.st_size);
	int in = kernel_open_fd(c, fd);
	if (in < 0)
		return;
	kernel_snapshot_written(c->rec, &st, in, from, from + n);
	kernel_put_object(c->rec, o->id, in, from, from + n);
	close(in);
}

/* The same, before: if a process serves the file. */
static void looks_written(struct call *c, int fd)
{
	uint64_t n = (uint64_t)c->result;
	struct stat st;

	if (c->result < 0 || proc_fd_stat(c->t->tid, fd, &st) ||
	    !kernel_object_is_mapped(c->rec, &st))
		return;
	uint64_t from = written_from(c, fd, &n, UINT64_MAX);
	kernel_look_at_fd(c, fd, from, n == UINT64_MAX ? n : from + n);
}

/* If the call read or wrote a /proc/PID/mem: the task whose memory that is, and *from, the address.
 * NULL: it is another file. */
static struct task *memory_of(struct call *c, uint64_t *from)
{
	char path[64];
	unsigned flags;
	int pid, at = 0;

	ssize_t k = proc_fd_target(c->t->tid, (int)c->args[0], path, sizeof(path));
	if (k <= 0)
		return NULL;
	if ((sscanf(path, "/proc/%d/mem%n", &pid, &at) != 1 || at != k) &&
	    (sscanf(path, "/proc/%*d/task/%d/mem%n", &pid, &at) != 1 || at != k))
		return NULL;
	*from = c->args[3];
	if (c->nr == SYS_read || c->nr == SYS_readv || c->nr == SYS_write || c->nr == SYS_writev)
		*from = fd_position(c, (int)c->args[0], &flags) - (uint64_t)c->result;
	return c->rec->find(c->rec, pid);
}

static void memory_written(struct call *c)
{
	uint64_t from;
	struct task *t = memory_of(c, &from);

	if (t)
		kernel_original_written(c->rec, t, from, (uint64_t)c->result);
}

static void memory_read(struct call *c)
{
	uint64_t from;
	struct task *t = c->nr == SYS_read || c->nr == SYS_pread64 ? memory_of(c, &from) : NULL;

	if (t)
		kernel_original_read(c, t, from, c->args[1], (uint64_t)c->result);
}

/* A read with O_DIRECT may have overwritten the whole buffer, whatever its result. */
static void out_direct(struct call *c)
{
	unsigned flags = 0;

	fd_position(c, (int)c->args[0], &flags);
	if ((flags & O_DIRECT) && (c->nr == SYS_read || c->nr == SYS_pread64))
		kernel_call_out(c, c->args[1], c->args[2]);
}

/* A DATA_ZERO up to UINT64_MAX sets the object's size. */
static void put_size(struct call *c, const struct shared_object *o, const struct stat *st)
{
	kernel_snapshot_resized(c->rec, st);
	kernel_put(c->rec, &(struct trace_data){.kind = DATA_ZERO,
						.object = o->id,
						.addr = (uint64_t)st->st_size,
						.fill_len = UINT64_MAX - (uint64_t)st->st_size});
}

static uint64_t open_flags(struct call *c)
{
	uint64_t flags = 0;

	for (int i = 0; i < c->desc->nargs; i++)
		if (c->desc->args[i].type == T_FLAGS)
			return c->args[i];
		else if (c->desc->args[i].type == T_STRUCT) /* openat2(2) */
			return KERNEL_CALL_READ(c, c->args[i], &flags) ? 0 : flags;
	return O_CREAT | O_TRUNC | O_WRONLY; /* creat(2) */
}

static void enter_open(struct call *c)
{
	char path[64];
	unsigned path_arg = systab_get(c->nr)->args[0].type == T_PATH ? 0 : 1;
	uint64_t at = c->args[path_arg];
	ssize_t n = task_read_str(c->t, at, path, sizeof(path));

	c->note[1] = open_flags(c);
	if (c->note[1] & O_DIRECT)
		c->rec->own->direct_opened = true;
	if (n > 4 && !memcmp(path + n - 4, "/mem", 4))
		c->rec->own->memory_opened = true;
	if ((n >= 6 && !memcmp(path + n - 6, "status", 6)) ||
	    (n >= 5 && !memcmp(path + n - 5, "/stat", 5)) ||
	    (n >= 4 && !memcmp(path + n - 4, "auxv", 4)))
		c->rec->own->status_opened = true;
	c->note[0] = n > 4 && !memcmp(path + n - 4, "maps", 4);
	static const char *const stdio[] = {"/dev/stdout", "/dev/stderr", "/dev/fd/",
					    "/dev/tty",    "/dev/pts/",   "/proc/"};
	for (size_t i = 0; i < ARRAY_LEN(stdio) && n > 0; i++)
		if (!strncmp(path, stdio[i], strlen(stdio[i])) && (i < 5 || strstr(path, "/fd/")))
			c->rec->own->stdio_reopened = true;
}

static void exit_open(struct call *c)
{
	struct stat st;

	if (c->result < 0)
		return;
	if (c->note[0])
		kernel_maps_opened(c, (int)c->result);
	struct shared_object *o = c->note[1] & O_TRUNC ? object_of(c, (int)c->result, &st) : NULL;
	if (o)
		put_size(c, o, &st);
}

SYSCALL_HANDLER(open, .enter = enter_open, .exit = exit_open);

static void exit_write(struct call *c)
{
	if (c->result <= 0)
		return;
	if (c->rec->own->memory_opened)
		memory_written(c);
	c->flags |= stdio_of(c, (int)c->args[0]);
	update_shared(c, (int)c->args[0]);
}

static void looks_write(struct call *c)
{
	looks_written(c, (int)c->args[0]);
}

SYSCALL_HANDLER(write, .looks = looks_write, .exit = exit_write);

static void exit_truncate(struct call *c)
{
	struct stat st;
	struct shared_object *o;

	if (c->result < 0)
		return;
	if (c->nr == SYS_truncate) {
		char path[4096];
		if (task_read_str(c->t, c->args[0], path, sizeof(path)) < 0)
			return;
		int fd = kernel_open_path(c->rec, c->t, AT_FDCWD, path);
		if (fd < 0 || fstat(fd, &st)) {
			if (fd >= 0)
				close(fd);
			return;
		}
		close(fd);
		o = kernel_object_changed(c->rec, &st);
	} else {
		o = object_of(c, (int)c->args[0], &st);
	}
	if (!o)
		return;
	if (c->nr == SYS_fallocate) {
		/* It may have changed any part of the file: record all of it. */
		kernel_put(c->rec, &(struct trace_data){.kind = DATA_ZERO,
							.object = o->id,
							.addr = 0,
							.fill_len = (uint64_t)st.st_size});
		update_shared(c, (int)c->args[0]);
	}
	put_size(c, o, &st);
}

static void looks_truncate(struct call *c)
{
	if (c->nr == SYS_fallocate)
		looks_written(c, (int)c->args[0]);
}

SYSCALL_HANDLER(ftruncate, .looks = looks_truncate, .exit = exit_truncate);

/* Bytes that the kernel copies from file to file are in no task's memory. Those that reach a
 * standard output are read from the source, if it is a regular file. */
static int source_fd(const struct call *c)
{
	return (int)(c->nr == SYS_sendfile ? c->args[1] : c->args[0]);
}

static int sink_fd(const struct call *c)
{
	return (int)(c->nr == SYS_sendfile ? c->args[0] : c->args[2]);
}

static void enter_sendfile(struct call *c)
{
	struct stat st;

	c->note[0] = stdio_of(c, sink_fd(c));
	if (!c->note[0])
		return;
	if (proc_fd_stat(c->t->tid, source_fd(c), &st) || !S_ISREG(st.st_mode))
		kernel_call_refuse(c, EINVAL); /* the program falls back to read and write */
}

/* Where in its source the call began to read. */
static uint64_t source_from(struct call *c)
{
	uint64_t off_arg = c->nr == SYS_sendfile ? c->args[2] : c->args[1], from = 0;
	uint64_t n = (uint64_t)c->result;
	unsigned flags;

	if (!off_arg)
		return fd_position(c, source_fd(c), &flags) - n;
	return KERNEL_CALL_READ(c, off_arg, &from) ? 0 : from - n;
}

static void looks_sendfile(struct call *c)
{
	if (c->result <= 0)
		return;
	looks_written(c, sink_fd(c));
	if (c->note[0])
		kernel_look_at_fd(c, source_fd(c), source_from(c),
				  source_from(c) + (uint64_t)c->result);
}

static void exit_sendfile(struct call *c)
{
	static uint8_t buf[TRACE_DATA_MAX];

	if (c->result <= 0)
		return;
	update_shared(c, sink_fd(c));
	if (!c->note[0])
		return;
	uint64_t n = (uint64_t)c->result, from = source_from(c);
	int in = kernel_open_fd(c, source_fd(c));
	if (in < 0)
		return;
	c->flags |= (uint16_t)c->note[0];
	while (n) {
		ssize_t k = pread_all(in, buf, n < sizeof(buf) ? n : sizeof(buf), from);
		if (k < 0)
			exhaustion_note("the source of sendfile");
		if (k <= 0)
			break;
		kernel_put(c->rec, &(struct trace_data){.kind = DATA_PAYLOAD,
							.tid = c->t->tid,
							.len = (uint32_t)k,
							.bytes = buf});
		from += (uint64_t)k;
		n -= (uint64_t)k;
	}
	close(in);
}

SYSCALL_HANDLER(sendfile, .enter = enter_sendfile, .looks = looks_sendfile, .exit = exit_sendfile);

/* Options are text, for all file systems but a few. */
static void reads_mount(struct payload_walk *w)
{
	payload_read_string(w, 4, payload_of(w)->args[4], PAGE);
}

SYSCALL_HANDLER(mount, .reads = reads_mount, .exit = kernel_mounts_changed);

/* The call changes what is mounted, or which mounts its task sees. */
SYSCALL_HANDLER(mounts, .exit = kernel_mounts_changed);

static void reads_fsconfig(struct payload_walk *w)
{
	const uint64_t *a = payload_of(w)->args;

	switch (a[1]) {
	case FSCONFIG_SET_STRING:
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY: payload_read_string(w, 3, a[3], PATH_MAX); break;
	case FSCONFIG_SET_BINARY: payload_read(w, 3, a[3], (uint32_t)a[4]); break;
	default: break;
	}
}

SYSCALL_HANDLER(fsconfig, .reads = reads_fsconfig);

static void reads_landlock_rule(struct payload_walk *w)
{
	const uint64_t *a = payload_of(w)->args;

	payload_read(w, 2, a[2],
		     a[1] == LANDLOCK_RULE_PATH_BENEATH
			     ? sizeof(struct landlock_path_beneath_attr)
			     : 2 * sizeof(uint64_t) /* struct landlock_net_port_attr */);
}

SYSCALL_HANDLER(landlock_rule, .reads = reads_landlock_rule);

static void enter_splice(struct call *c)
{
	/* splice(in, off, out, …), tee(in, out, …), vmsplice(fd, …): the bytes cannot be seen. */
	int out = (int)(c->nr == SYS_splice ? c->args[2]
			: c->nr == SYS_tee  ? c->args[1]
					    : c->args[0]);

	if (stdio_of(c, out))
		kernel_call_refuse(c, EINVAL);
}

static void exit_splice(struct call *c)
{
	if (c->result > 0 && c->nr == SYS_splice)
		update_shared(c, (int)c->args[2]);
}

static void looks_splice(struct call *c)
{
	if (c->result > 0 && c->nr == SYS_splice)
		looks_written(c, (int)c->args[2]);
}

SYSCALL_HANDLER(splice, .enter = enter_splice, .looks = looks_splice, .exit = exit_splice);

static void exit_read(struct call *c)
{
	if (c->rec->own->direct_opened)
		out_direct(c);
	if (c->rec->own->memory_opened && c->result > 0)
		memory_read(c);
	if (c->rec->own->status_opened)
		kernel_proc_read(c);
}

SYSCALL_HANDLER(read, .exit = exit_read);
