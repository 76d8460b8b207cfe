/* A file system that a child of the program serves by the protocol of /dev/fuse: fuse(4). It is
 * mounted on the directory "m", in a namespace of the program's own, so no privilege is needed
 * where user namespaces are allowed. It keeps nothing in the kernel's caches that it is not asked
 * to keep: every look at a file asks the server. */
#ifndef FUSE_H
#define FUSE_H
#include "check.h"
#include "tempdir.h"

#include <linux/fuse.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define FUSE_WRITE_MAX (128u << 10)

/* Its files, with node ids from 2 on. The bytes belong to the server. */
struct fuse_file {
	const char *name;
	char *bytes;
	size_t size;
};
static struct fuse_file fuse_files[4];
/* FUSE_WRITE and the like: the request at which the server ends without an answer; 0: at none. */
static uint32_t fuse_ends_at;

static inline void fuse_answer(int fd, uint64_t unique, int error, const void *p, size_t n)
{
	struct fuse_out_header h = {(uint32_t)(sizeof(h) + n), -error, unique};
	struct iovec v[2] = {{&h, sizeof(h)}, {(void *)p, n}};

	/* ENOENT: the request was interrupted */
	CHECK(writev(fd, v, n ? 2 : 1) > 0 || errno == ENOENT);
}

static inline struct fuse_attr fuse_attr_of(uint64_t node)
{
	const struct fuse_file *f = node == FUSE_ROOT_ID ? NULL : &fuse_files[node - 2];

	return (struct fuse_attr){.ino = node,
				  .size = f ? f->size : 0,
				  .mode = f ? S_IFREG | 0755 : S_IFDIR | 0755,
				  .nlink = 1,
				  .uid = getuid(),
				  .gid = getgid()};
}

static inline size_t fuse_list(char *buf)
{
	size_t at = 0;

	for (uint64_t i = 0; i < 4 && fuse_files[i].name; i++) {
		struct fuse_dirent d = {i + 2, i + 1, (uint32_t)strlen(fuse_files[i].name),
					S_IFREG >> 12};
		memcpy(buf + at, &d, FUSE_NAME_OFFSET);
		memcpy(buf + at + FUSE_NAME_OFFSET, fuse_files[i].name, d.namelen);
		at += FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + d.namelen);
	}
	return at;
}

static inline void fuse_lookup(int fd, uint64_t unique, const char *name)
{
	for (uint64_t i = 0; i < 4 && fuse_files[i].name; i++)
		if (!strcmp(fuse_files[i].name, name)) {
			struct fuse_entry_out e = {.nodeid = i + 2, .attr = fuse_attr_of(i + 2)};
			fuse_answer(fd, unique, 0, &e, sizeof(e));
			return;
		}
	fuse_answer(fd, unique, ENOENT, NULL, 0);
}

static inline void fuse_read(int fd, const struct fuse_in_header *h, const struct fuse_read_in *in)
{
	const struct fuse_file *f = &fuse_files[h->nodeid - 2];
	uint64_t from = in->offset < f->size ? in->offset : f->size;
	uint64_t n = in->size < f->size - from ? in->size : f->size - from;

	fuse_answer(fd, h->unique, 0, f->bytes + from, n);
}

static inline void fuse_write(int fd, const struct fuse_in_header *h,
			      const struct fuse_write_in *in)
{
	struct fuse_file *f = &fuse_files[h->nodeid - 2];
	struct fuse_write_out out = {.size = in->size};

	CHECK(in->offset + in->size <= f->size);
	memcpy(f->bytes + in->offset, in + 1, in->size);
	fuse_answer(fd, h->unique, 0, &out, sizeof(out));
}

static inline void fuse_request(int fd, const struct fuse_in_header *h, const void *in)
{
	static _Thread_local char list[4096];
	const struct fuse_init_in *init = in;
	struct fuse_init_out start = {.major = FUSE_KERNEL_VERSION,
				      .minor = FUSE_KERNEL_MINOR_VERSION,
				      .max_write = FUSE_WRITE_MAX};
	struct fuse_attr_out attr = {.attr = {0}};
	struct fuse_open_out open = {.fh = 1};
	struct fuse_statfs_out fs = {.st = {.namelen = 255, .bsize = 4096}};
	uint64_t offset;

	switch (h->opcode) {
	case FUSE_INIT:
		start.max_readahead = init->max_readahead;
		fuse_answer(fd, h->unique, 0, &start, sizeof(start));
		return;
	case FUSE_LOOKUP: fuse_lookup(fd, h->unique, in); return;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		attr.attr = fuse_attr_of(h->nodeid);
		fuse_answer(fd, h->unique, 0, &attr, sizeof(attr));
		return;
	case FUSE_OPENDIR:
	case FUSE_OPEN: fuse_answer(fd, h->unique, 0, &open, sizeof(open)); return;
	case FUSE_READ: fuse_read(fd, h, in); return;
	case FUSE_WRITE: fuse_write(fd, h, in); return;
	case FUSE_READDIR:
		offset = ((const struct fuse_read_in *)in)->offset;
		fuse_answer(fd, h->unique, 0, list, offset ? 0 : fuse_list(list));
		return;
	case FUSE_STATFS: fuse_answer(fd, h->unique, 0, &fs, sizeof(fs)); return;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FSYNC: fuse_answer(fd, h->unique, 0, NULL, 0); return;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT: return;
	default: fuse_answer(fd, h->unique, ENOSYS, NULL, 0);
	}
}

/* Serves until the file system is unmounted. Several threads may. */
static inline void fuse_serve(int fd)
{
	static _Thread_local char buf[FUSE_WRITE_MAX + 8192] __attribute__((aligned(8)));
	const struct fuse_in_header *h = (void *)buf;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || errno == EINTR || errno == ENOENT) {
		if (n < 0)
			continue;
		if (fuse_ends_at && h->opcode == fuse_ends_at)
			return;
		fuse_request(fd, h, h + 1);
	}
	CHECK(errno == ENODEV);
}

/* Mounts it in the current directory, a temporary one. Its descriptor. */
static inline int fuse_mount(void)
{
	char options[128];
	unsigned uid = getuid(), gid = getgid();

	CHECK(mkdir("m", 0700) == 0);
	if (unshare(CLONE_NEWNS)) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
			TEMPDIR_SKIP("mount namespaces are not permitted");
		const char *const files[] = {"/proc/self/setgroups", "/proc/self/uid_map",
					     "/proc/self/gid_map"};
		for (int i = 0; i < 3; i++) {
			int map = open(files[i], O_WRONLY | O_CLOEXEC);
			CHECK(map >= 0);
			CHECK((i ? dprintf(map, "%u %u 1", i == 1 ? uid : gid, i == 1 ? uid : gid)
				 : dprintf(map, "deny")) > 0);
			close(map);
		}
	}
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		TEMPDIR_SKIP("/dev/fuse cannot be opened");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u", fd, uid,
		 gid);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("served", "m", "fuse.test", MS_NOSUID | MS_NODEV, options))
		TEMPDIR_SKIP("a file system cannot be mounted");
	return fd;
}

/* A file of that name with the bytes of another. */
static inline struct fuse_file fuse_copy(const char *name, const char *path)
{
	struct fuse_file f = {.name = name};
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	f.size = (size_t)st.st_size;
	CHECK((f.bytes = malloc(f.size)) && pread(fd, f.bytes, f.size, 0) == st.st_size);
	close(fd);
	return f;
}

/* A file of that name with `pages` pages, of which each begins with its letter: A, B, … */
static inline struct fuse_file fuse_pages(const char *name, int pages)
{
	struct fuse_file f = {name, calloc((size_t)pages, 4096), (size_t)pages * 4096};

	for (int i = 0; f.bytes && i < pages; i++)
		memset(f.bytes + i * 4096, 'A' + i, 64);
	CHECK(f.bytes);
	return f;
}

/* Starts the child that serves fuse_files, which the caller has set. */
static inline pid_t fuse_begin(void)
{
	int fd = fuse_mount();
	pid_t server = fork();

	CHECK(server >= 0);
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fuse_serve(fd);
		_exit(0);
	}
	close(fd);
	return server;
}

/* Unmounts it; the server ends. */
static inline void fuse_end(pid_t server)
{
	CHECK(umount2("m", MNT_DETACH) == 0);
	CHECK(status_of(server) == 0);
	CHECK(rmdir("m") == 0);
}
#endif
