/* Files that a process serves: those of FUSE and 9P.
 *
 * To look at such a file is to ask its server. The server may be a recorded task, which is stopped
 * while the recorder looks, so the recorder never looks itself: a process of its own does, while
 * other tasks run, and can be abandoned. It copies the file to a memory file, the snapshot, and the
 * recorder reads only that. Mappings of the file show the snapshot too, so no page of the program's
 * memory has to be asked for; but for those that write to the file, whose pages the process
 * touches. Recording. */
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/exhaustion.h"
#include "util/file_io.h"
#include "util/host.h"
#include "util/procfd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOUNTS_MAX (16u << 20)

/* --- which file systems --- */

struct served_device {
	uint64_t dev;
	bool served; /* false: the number belongs to another file system now */
};

/* A snapshot of a file. */
struct snapshot {
	struct stat st;    /* of the file */
	struct stat shown; /* of the memory file */
	int fd;            /* of that, which only the recorder writes */
	char *path;
};

struct served_files {
	int mounts; /* our own mountinfo, which reports changes; -1: none */
	struct served_device *devices;
	size_t ndevices, nserved;
	struct snapshot *snapshots;
	size_t nsnapshots;
};

static bool type_is_served(const char *type)
{
	return !strcmp(type, "fuse") || !strncmp(type, "fuse.", 5) || !strcmp(type, "fuseblk") ||
	       !strcmp(type, "9p");
}

static void device_note(struct served_files *s, uint64_t dev, bool served)
{
	for (size_t i = 0; i < s->ndevices; i++)
		if (s->devices[i].dev == dev) {
			s->nserved += served;
			s->nserved -= s->devices[i].served;
			s->devices[i].served = served;
			return;
		}
	if (!served)
		return;
	*ARRAY_ADD(s->devices, s->ndevices) = (struct served_device){dev, true};
	s->nserved++;
}

/* proc_pid_mountinfo(5): the device is the third field, the type follows " - ". A file system that
 * is not mounted any more may still be in use. */
static void mounts_read(struct served_files *s, const char *path)
{
	char *text = file_read(path, MOUNTS_MAX, NULL), type[64];
	unsigned maj, min;

	for (char *p = text; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
		char *end = strchr(p, '\n'), *dash;
		if (end)
			*end = '\0';
		dash = strstr(p, " - ");
		if (dash && sscanf(p, "%*d %*d %u:%u", &maj, &min) == 2 &&
		    sscanf(dash, " - %63s", type) == 1)
			device_note(s, makedev(maj, min), type_is_served(type));
		if (end)
			*end = '\n';
	}
	free(text);
}

void kernel_served_begin(struct recording *rec)
{
	struct served_files *s = rec->own->served = xcalloc(1, sizeof(*s));

	s->mounts = exhaustion_open("/proc/self/mountinfo", O_RDONLY);
	mounts_read(s, "/proc/self/mountinfo");
}

void kernel_served_free(struct recording *rec)
{
	struct served_files *s = rec->own->served;

	for (size_t i = 0; i < s->nsnapshots; i++) {
		close(s->snapshots[i].fd);
		free(s->snapshots[i].path);
	}
	free(s->snapshots);
	free(s->devices);
	if (s->mounts >= 0)
		close(s->mounts);
	free(s);
}

void kernel_mounts_changed(struct call *c)
{
	char path[64];

	if (c->result < 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", c->t->tid);
	mounts_read(c->rec->own->served, path);
}

bool kernel_some_served(struct recording *rec)
{
	struct served_files *s = rec->own->served;
	struct pollfd p = {s->mounts, POLLPRI, 0};

	/* Those that recorded tasks make are noted already. */
	if (s->mounts >= 0 && poll(&p, 1, 0) == 1)
		mounts_read(s, "/proc/self/mountinfo");
	return s->nserved > 0;
}

static bool is_served(const struct served_files *s, uint64_t dev)
{
	for (size_t i = 0; i < s->ndevices; i++)
		if (s->devices[i].dev == dev)
			return s->devices[i].served;
	return false;
}

/* The device of the task's descriptor, which is known even if nothing else may be. */
static uint64_t device_of(const struct task *t, int fd)
{
	struct statx x;

	if (statx(AT_FDCWD, proc_fd(t->tid, fd).path, AT_STATX_DONT_SYNC, 0, &x))
		return 0;
	return makedev(x.stx_dev_major, x.stx_dev_minor);
}

bool kernel_fd_is_served(struct call *c, int fd)
{
	return kernel_some_served(c->rec) && is_served(c->rec->own->served, device_of(c->t, fd));
}

/* --- snapshots --- */

static struct snapshot *snapshot_find(const struct served_files *s, uint64_t dev, uint64_t ino)
{
	for (size_t i = 0; is_served(s, dev) && i < s->nsnapshots; i++)
		if (s->snapshots[i].st.st_dev == dev && s->snapshots[i].st.st_ino == ino)
			return &s->snapshots[i];
	return NULL;
}

int kernel_open_snapshot(struct recording *rec, uint64_t dev, uint64_t ino, struct stat *st)
{
	const struct snapshot *s = snapshot_find(rec->own->served, dev, ino);

	if (!s) {
		errno = ENOENT;
		return -1;
	}
	*st = s->st;
	return exhaustion_open(proc_fd(0, s->fd).path, O_RDONLY);
}

const char *kernel_snapshot_origin(struct recording *rec, uint64_t dev, uint64_t ino,
				   struct stat *st)
{
	const struct served_files *s = rec->own->served;

	for (size_t i = 0; i < s->nsnapshots; i++)
		if (s->snapshots[i].shown.st_dev == dev && s->snapshots[i].shown.st_ino == ino) {
			*st = s->snapshots[i].st;
			return s->snapshots[i].path;
		}
	return NULL;
}

/* Copies the range to the snapshot, which mappings show. */
static void snapshot_update(struct snapshot *s, int from, uint64_t start, uint64_t end)
{
	if (file_copy_data(from, s->fd, start, end))
		exhaustion_note("the snapshot of a file");
}

void kernel_snapshot_written(struct recording *rec, const struct stat *st, int from, uint64_t start,
			     uint64_t end)
{
	struct snapshot *s = snapshot_find(rec->own->served, st->st_dev, st->st_ino);

	if (s)
		snapshot_update(s, from, start, end);
}

void kernel_snapshot_resized(struct recording *rec, const struct stat *st)
{
	struct snapshot *s = snapshot_find(rec->own->served, st->st_dev, st->st_ino);

	if (s && ftruncate(s->fd, st->st_size))
		exhaustion_note("the snapshot of a file");
}

/* Pages of a private mapping that the task has written, kept while the mapping is replaced. */
struct kept_pages {
	struct task *t;
	struct {
		uint64_t at, len;
		uint8_t *bytes;
	} * v;
	size_t n;
};

static int keep_pages(void *ctx, uint64_t start, uint64_t len)
{
	struct kept_pages *k = ctx;
	uint8_t *bytes = xmalloc(len);

	if (task_read_all(k->t, start, bytes, len)) {
		free(bytes);
		return 0;
	}
	__typeof__(k->v) p = ARRAY_ADD(k->v, k->n);
	p->at = start;
	p->len = len;
	p->bytes = bytes;
	return 0;
}

bool kernel_snapshot_cover(struct recording *rec, struct task *t, const struct trace_map *m,
			   bool writes)
{
	const struct snapshot *s = snapshot_find(rec->own->served, m->dev, m->ino);
	bool shared = m->flags & MAP_SHARED;
	struct kept_pages k = {.t = t};

	if (s && writes)
		kernel_mm(t->mm)->writes_served = true;
	if (!s || writes)
		return s;
	int ro = exhaustion_open(proc_fd(0, s->fd).path, O_RDONLY);
	int64_t fd = ro < 0 ? -EMFILE : kernel_send_fd(rec, t, ro, O_RDONLY);
	if (!shared && (m->prot & PROT_WRITE))
		pagemap_each(t->tid, m->start, m->start + m->len, false, keep_pages, &k);
	int64_t at = fd < 0 ? fd
			    : TASK_CALL(t, SYS_mmap, m->start, m->len, m->prot,
					(shared ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED |
						(m->flags & MAP_NORESERVE),
					(uint64_t)fd, m->offset);
	if (at != (int64_t)m->start)
		rec->warn(
			rec, m->path,
			"its snapshot cannot be mapped into the program: the program may have to wait for its pages");
	for (size_t i = 0; i < k.n; i++) {
		if (at == (int64_t)m->start && task_write(t, k.v[i].at, k.v[i].bytes, k.v[i].len))
			exhaustion_say(m->path, "its pages cannot be written");
		free(k.v[i].bytes);
	}
	free(k.v);
	if (fd >= 0)
		TASK_CALL(t, SYS_close, (uint64_t)fd);
	if (ro >= 0)
		close(ro);
	return true;
}

int64_t kernel_send_fd(struct recording *rec, struct task *t, int fd, int flags)
{
	/* To resolve a path may be to ask a server. */
	t->paths_wait = kernel_some_served(rec);
	return task_send_fd(t, fd, flags);
}

/* --- looks --- */

#define LOOK_FILES 8
#define LOOK_RANGES 64

struct look_file {
	uint64_t dev, ino; /* ino 0: not known */
	int fd;            /* the task's; -1: `open` is opened instead */
	char *open, *path; /* path: as the program knows it */
	uint64_t from, to; /* what is copied; to UINT64_MAX: all, for a snapshot */
	int copy;          /* to this memory file */
	bool known;        /* there is a snapshot of the file as it was at known_st */
	struct stat known_st;
};

/* A mapping of a file. Its pages are touched, and copied if the file cannot be opened. */
struct look_range {
	size_t file;
	uint64_t start, len, offset;
};

/* What the process has found, in memory that it shares with the recorder. */
struct look_seen {
	bool opened; /* st is set */
	bool same;   /* the file is as known */
	bool whole;  /* all has been copied */
	uint64_t copied;
	struct stat st;
};

struct look {
	pid_t pid; /* 0: it has ended */
	pid_t tid;
	struct look_file files[LOOK_FILES];
	struct look_range ranges[LOOK_RANGES];
	size_t nfiles, nranges;
	struct look_seen *seen;
};

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && stat_mtime_ns(a) == stat_mtime_ns(b) &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static int look_open(const struct look *l, const struct look_file *f)
{
	int pidfd, fd;

	if (f->fd < 0)
		return open(f->open, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	/* The open file itself: to open the file once more would change what the server sees, and
	 * could drop its pages. */
	pidfd = (int)syscall(SYS_pidfd_open, proc_tgid(l->tid), 0);
	fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, f->fd, 0);
	return fd >= 0 ? fd : open(proc_fd(l->tid, f->fd).path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static void look_at(const struct look *l, const struct look_file *f, struct look_seen *s)
{
	static char buf[64 << 10];
	uint64_t at = f->from, end;
	int fd = look_open(l, f);

	if (fd < 0 || fstat(fd, &s->st) || s->st.st_dev != f->dev ||
	    (f->ino && s->st.st_ino != f->ino))
		return;
	s->opened = true;
	if (f->known && is_unchanged(&s->st, &f->known_st)) {
		s->same = true;
		return;
	}
	/* Mappings that are replaced must not have to write pages back. */
	sync_file_range(fd, 0, 0,
			SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
				SYNC_FILE_RANGE_WAIT_AFTER);
	end = f->to < (uint64_t)s->st.st_size ? f->to : (uint64_t)s->st.st_size;
	while (at < end) {
		size_t want = end - at < sizeof(buf) ? end - at : sizeof(buf);
		ssize_t n = pread_all(fd, buf, want, at);
		if (n <= 0 || pwrite_all(f->copy, buf, (size_t)n, at))
			return;
		s->copied = at += (uint64_t)n;
	}
	s->whole = true;
}

/* Touches the pages of a mapping. */
static void look_through(const struct look *l, const struct look_range *m)
{
	static char buf[64 << 10];
	const struct look_file *f = &l->files[m->file];
	struct look_seen *s = &l->seen[m->file];
	bool copies = l->nfiles && !s->opened;

	for (uint64_t at = 0; at < m->len;) {
		size_t want = m->len - at < sizeof(buf) ? m->len - at : sizeof(buf);
		struct iovec to = {buf, want}, from = {(void *)(m->start + at), want};
		ssize_t n = process_vm_readv(l->tid, &to, 1, &from, 1, 0);
		if (n <= 0)
			return;
		if (copies && !pwrite_all(f->copy, buf, (size_t)n, m->offset + at) &&
		    s->copied < m->offset + at + (uint64_t)n)
			s->copied = m->offset + at + (uint64_t)n;
		at += (uint64_t)n;
	}
}

static void look_main(const struct look *l)
{
	for (size_t i = 0; i < l->nfiles; i++)
		look_at(l, &l->files[i], &l->seen[i]);
	for (size_t i = 0; i < l->nranges; i++)
		look_through(l, &l->ranges[i]);
}

static struct look *look_of(struct call *c)
{
	if (!c->look) {
		c->look = xcalloc(1, sizeof(*c->look));
		c->look->tid = c->t->tid;
	}
	return c->look;
}

static struct look_file *look_add(struct call *c, uint64_t dev, uint64_t ino, int fd)
{
	struct look *l = look_of(c);

	for (size_t i = 0; i < l->nfiles; i++)
		if (l->files[i].dev == dev && l->files[i].ino == ino)
			return &l->files[i];
	if (l->nfiles == LOOK_FILES)
		return NULL;
	struct look_file *f = &l->files[l->nfiles++];
	*f = (struct look_file){.dev = dev, .ino = ino, .fd = fd, .to = UINT64_MAX};
	f->copy = memfd_create("rr-snapshot", MFD_CLOEXEC);
	if (f->copy < 0)
		exhaustion_note("the snapshot of a file");
	return f;
}

void kernel_look_at_fd(struct call *c, int fd, uint64_t from, uint64_t to)
{
	uint64_t dev = device_of(c->t, fd);
	struct look_file *f = is_served(c->rec->own->served, dev) ? look_add(c, dev, 0, fd) : NULL;

	if (f) {
		f->from = from;
		f->to = to == UINT64_MAX ? to - 1 : to;
	}
}

/* How to open the file that a mapping of a program shows: the program itself by its magic link. */
static char *way_to(const struct task *t, const char *path)
{
	char exe[4096], *link = xasprintf("/proc/%d/exe", t->tid);
	ssize_t n = readlink(link, exe, sizeof(exe) - 1);

	exe[n > 0 ? n : 0] = '\0';
	if (!strcmp(exe, path))
		return link;
	free(link);
	return xasprintf("/proc/%d/root%s", t->tid, path);
}

void kernel_look_at_maps(struct call *c, uint64_t start, uint64_t end, int fd)
{
	const struct served_files *s = c->rec->own->served;
	struct maps_file *maps = maps_open(c->t->tid);
	struct maps_line line;

	while (maps && maps_next(maps, &line)) {
		if (line.end <= start || line.start >= end || !line.ino || !is_served(s, line.dev))
			continue;
		struct look_file *f = look_add(c, line.dev, line.ino, fd);
		if (!f || c->look->nranges == LOOK_RANGES)
			break;
		if (!f->path) {
			const struct snapshot *old = snapshot_find(s, line.dev, line.ino);
			f->path = xstrdup(line.path);
			f->open = fd < 0 ? way_to(c->t, line.path) : NULL;
			f->known = old;
			if (old)
				f->known_st = old->st;
		}
		c->look->ranges[c->look->nranges++] =
			(struct look_range){(size_t)(f - c->look->files), line.start,
					    line.end - line.start, line.offset};
	}
	maps_close(maps);
}

static bool look_start(struct look *l)
{
	pid_t parent = getpid();
	void *seen = mmap(NULL, LOOK_FILES * sizeof(*l->seen), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	l->seen = seen == MAP_FAILED ? NULL : seen;
	l->pid = l->seen ? fork() : -1;
	if (l->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			look_main(l);
		_exit(0);
	}
	if (l->pid > 0)
		return true;
	exhaustion_note("a process that looks at a file");
	l->pid = 0;
	return false;
}

bool kernel_look_begin(struct call *c, bool execed)
{
	const struct call_handler *h = kernel_handlers[c->desc->handler];

	if (c->look || c->filtered.how || !kernel_some_served(c->rec))
		return false;
	if (execed)
		kernel_look_at_maps(c, 0, UINT64_MAX, -1);
	else if (h && h->looks)
		h->looks(c);
	return c->look && look_start(c->look);
}

static int add_length(void *ctx, uint64_t start, uint64_t len)
{
	(void)start;
	*(uint64_t *)ctx += len;
	return 0;
}

bool kernel_touch_begin(struct recording *rec, struct task *t, struct call *c)
{
	struct maps_file *maps;
	struct maps_line line;

	if (!kernel_mm(t->mm)->writes_served)
		return false;
	if (c->look) { /* they have been touched */
		kernel_look_free(c);
		return false;
	}
	c->t = t;
	maps = maps_open(t->tid);
	while (maps && maps_next(maps, &line)) {
		uint64_t present = 0;
		if (!line.shared || !is_served(rec->own->served, line.dev))
			continue;
		pagemap_each(t->tid, line.start, line.end, true, add_length, &present);
		if (present < line.end - line.start && look_of(c)->nranges < LOOK_RANGES)
			c->look->ranges[c->look->nranges++] =
				(struct look_range){0, line.start, line.end - line.start, 0};
	}
	maps_close(maps);
	return c->look && look_start(c->look);
}

pid_t kernel_look_pid(const struct call *c)
{
	return c->look ? c->look->pid : 0;
}

void kernel_look_ended(struct call *c)
{
	c->look->pid = 0;
}

void kernel_look_abandon(struct call *c)
{
	if (kernel_look_pid(c))
		kill(c->look->pid, SIGKILL);
	if (c->look)
		c->look->pid = 0;
}

void kernel_look_free(struct call *c)
{
	struct look *l = c->look;

	if (!l)
		return;
	kernel_look_abandon(c);
	for (size_t i = 0; i < l->nfiles; i++) {
		if (l->files[i].copy >= 0)
			close(l->files[i].copy);
		free(l->files[i].open);
		free(l->files[i].path);
	}
	if (l->seen)
		munmap(l->seen, LOOK_FILES * sizeof(*l->seen));
	free(l);
	c->look = NULL;
}

/* What could not be read is beyond the end of the snapshot, so that the program gets SIGBUS there,
 * as it does when its server does not answer. */
static void snapshot_take(struct recording *rec, struct look_file *f, const struct look_seen *seen)
{
	struct served_files *all = rec->own->served;
	struct snapshot *s = snapshot_find(all, f->dev, f->ino);
	struct stat st = seen->st;

	if (f->to != UINT64_MAX || f->copy < 0 || (seen->same && s))
		return;
	if (!seen->opened)
		st = (struct stat){.st_dev = f->dev, .st_ino = f->ino, .st_mode = S_IFREG | 0755};
	if (!seen->whole)
		st.st_size = (off_t)seen->copied;
	const struct timespec times[2] = {st.st_mtim, st.st_mtim}; /* for the cache of code */
	if (ftruncate(f->copy, st.st_size) || futimens(f->copy, times))
		exhaustion_note("the snapshot of a file");
	struct shared_object *o = s ? kernel_object_changed(rec, &st) : NULL;
	if (o) { /* mappings show the old one */
		snapshot_update(s, f->copy, 0, (uint64_t)st.st_size);
		s->st = st;
		kernel_snapshot_resized(rec, &st);
		kernel_put(rec, &(struct trace_data){.kind = DATA_ZERO,
						     .object = o->id,
						     .fill_len = UINT64_MAX});
		kernel_put_object(rec, o->id, s->fd, 0, (uint64_t)st.st_size);
		return;
	}
	if (!s)
		s = ARRAY_ADD(all->snapshots, all->nsnapshots);
	else {
		close(s->fd);
		free(s->path);
	}
	*s = (struct snapshot){.st = st, .fd = f->copy, .path = f->path};
	fstat(s->fd, &s->shown);
	f->copy = -1;
	f->path = NULL;
}

void kernel_look_take(struct call *c)
{
	struct look *l = c->look;

	for (size_t i = 0; l && l->seen && i < l->nfiles; i++)
		snapshot_take(c->rec, &l->files[i], &l->seen[i]);
}

int kernel_open_fd(struct call *c, int fd)
{
	const struct look *l = c->look;

	for (size_t i = 0; l && i < l->nfiles; i++)
		if (l->files[i].fd == fd && l->files[i].copy >= 0)
			return exhaustion_open(proc_fd(0, l->files[i].copy).path, O_RDONLY);
	if (kernel_fd_is_served(c, fd))
		return -1;
	return exhaustion_open(proc_fd(c->t->tid, fd).path, O_RDONLY);
}

int kernel_open_mapped(struct call *c, struct stat *st)
{
	const struct look *l = c->look;

	return l && l->nfiles ? kernel_open_snapshot(c->rec, l->files[0].dev, l->files[0].ino, st)
			      : -1;
}

/* --- paths --- */

int kernel_open_path(struct recording *rec, struct task *t, int dirfd, const char *path)
{
	bool absolute = path[0] == '/';
	char *dir = absolute            ? xasprintf("/proc/%d/root", t->tid)
		    : dirfd == AT_FDCWD ? xasprintf("/proc/%d/cwd", t->tid)
					: xasprintf("/proc/%d/fd/%d", t->tid, dirfd);
	/* A path of which the kernel has all parts in its cache asks no server. */
	const struct open_how how = {.flags = O_PATH | O_CLOEXEC,
				     .resolve = RESOLVE_CACHED | (absolute ? RESOLVE_IN_ROOT : 0)};
	bool some = kernel_some_served(rec);
	struct statx x;

	if (!some) {
		char *full = xasprintf("%s%s%s", dir, path[0] && !absolute ? "/" : "", path);
		int fd = exhaustion_open(full, O_RDONLY | O_NONBLOCK);
		free(full);
		free(dir);
		return fd;
	}
	int at = exhaustion_open(dir, O_PATH), named = -1;
	if (at >= 0 && path[0])
		named = (int)syscall(SYS_openat2, at, path, &how, sizeof(how));
	else if (at >= 0)
		named = fcntl(at, F_DUPFD_CLOEXEC, 0);
	int fd = -1;
	if (named >= 0 && !statx(named, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &x) &&
	    !is_served(rec->own->served, makedev(x.stx_dev_major, x.stx_dev_minor)))
		fd = exhaustion_open(proc_fd(0, named).path, O_RDONLY | O_NONBLOCK);
	if (named >= 0)
		close(named);
	if (at >= 0)
		close(at);
	free(dir);
	return fd;
}
