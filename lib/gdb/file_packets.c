/* vFile packets: a client can read the files that the program had mapped, as they were then, and no
 * others. */
#include "gdb/inferiors.h"
#include "gdb/loaded_objects.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- results (gdb's manual, "Host I/O Packets" and "File-I/O Remote Protocol Extension") --- */

#define FILEIO_UNKNOWN 9999

/* The protocol's number of an errno. */
static unsigned fileio_errno(int number)
{
	static const struct {
		int here;
		unsigned there;
	} table[] = {{EPERM, 1},   {ENOENT, 2},  {EINTR, 4},   {EBADF, 9},   {EACCES, 13},
		     {EFAULT, 14}, {EBUSY, 16},  {EEXIST, 17}, {ENODEV, 19}, {ENOTDIR, 20},
		     {EISDIR, 21}, {EINVAL, 22}, {ENFILE, 23}, {EMFILE, 24}, {EFBIG, 27},
		     {ENOSPC, 28}, {ESPIPE, 29}, {EROFS, 30}};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].here == number)
			return table[i].there;
	return FILEIO_UNKNOWN;
}

static void reply_failed(struct session *s, int number)
{
	gdb_reply_format(s, "F-1,%x", fileio_errno(number));
}

/* A length, then that many bytes. */
static void reply_contents(struct session *s, const void *bytes, size_t n)
{
	gdb_reply_format(s, "F%zx;", n);
	gdb_reply_bytes(s, bytes, n);
}

/* --- files in /proc, made up from the replay --- */

/* Whether the path is "/proc/PID/NAME" or "/proc/PID/task/TID/NAME" of a process that the client
 * sees. */
static bool proc_file(struct session *s, const char *path, const char *name, pid_t *pid)
{
	char *end;
	long v;

	if (strncmp(path, "/proc/", 6))
		return false;
	v = strtol(path + 6, &end, 10);
	if (!strncmp(end, "/task/", 6))
		strtol(end + 6, &end, 10);
	if (*end != '/' || strcmp(end + 1, name) || v <= 0 || v > INT32_MAX ||
	    !gdb_process_shown(s, (pid_t)v))
		return false;
	*pid = (pid_t)v;
	return true;
}

static bool maps_line(void *ctx, const struct debug_map *m)
{
	fprintf(ctx, "%08lx-%08lx %c%c%c%c %08lx 00:00 0 %s\n", m->start, m->end,
		m->prot & PROT_READ ? 'r' : '-', m->prot & PROT_WRITE ? 'w' : '-',
		m->prot & PROT_EXEC ? 'x' : '-', m->shared ? 's' : 'p', m->offset, m->path);
	return true;
}

/* /proc/PID/maps (proc(5)), which `info proc mappings` and `generate-core-file` read. */
static int open_maps(struct session *s, pid_t pid)
{
	int fd = memfd_create("maps", MFD_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(dup(fd), "w");

	if (!out) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	debug_maps(s->debug, pid, maps_line, out);
	fclose(out);
	return fd;
}

/* --- packets --- */

/* Open flags of the protocol: all that could change a file. */
#define FILEIO_ACCMODE 3
#define FILEIO_CREAT 0x200
#define FILEIO_TRUNC 0x400

/* vFile:setfs:PID: nothing to do, as all processes see the same files. */
void gdb_file_setfs(struct session *s, struct cursor *in)
{
	uint64_t pid;

	if (gdb_take_hex(in, &pid) && gdb_at_end(in))
		gdb_reply_text(s, "F0");
	else
		reply_failed(s, EINVAL);
}

/* The name may be of a symbolic link. The trace has only the file that was mapped through it. */
static int open_name(struct session *s, const char *name)
{
	char *path;
	pid_t pid;
	int fd;

	if (proc_file(s, name, "maps", &pid))
		return open_maps(s, pid);
	fd = debug_open_file(s->debug, name);
	path = fd < 0 ? gdb_mapped_file(s, name) : NULL;
	if (path)
		fd = debug_open_file(s->debug, path);
	free(path);
	return fd;
}

static int *file_slot(struct session *s)
{
	for (size_t i = 0; i < FILES_MAX; i++)
		if (s->files[i] < 0)
			return &s->files[i];
	return NULL;
}

/* vFile:open:NAME,FLAGS,MODE */
void gdb_file_open(struct session *s, struct cursor *in)
{
	int *slot = file_slot(s), fd;
	uint64_t flags, mode;
	char *path = gdb_take_text(in);

	if (!path || !gdb_take_char(in, ',') || !gdb_take_range(in, &flags, &mode) ||
	    !gdb_at_end(in)) {
		reply_failed(s, EINVAL);
	} else if ((flags & FILEIO_ACCMODE) || (flags & (FILEIO_CREAT | FILEIO_TRUNC))) {
		reply_failed(s, EROFS);
	} else if (!slot) {
		reply_failed(s, EMFILE);
	} else {
		fd = open_name(s, path);
		if (fd < 0) {
			reply_failed(s, ENOENT);
		} else {
			*slot = fd;
			gdb_reply_format(s, "F%x", (unsigned)(slot - s->files));
		}
	}
	free(path);
}

static int *take_file(struct session *s, struct cursor *in)
{
	uint64_t number;

	if (!gdb_take_hex(in, &number) || number >= FILES_MAX || s->files[number] < 0)
		return NULL;
	return &s->files[number];
}

/* vFile:close:FD */
void gdb_file_close(struct session *s, struct cursor *in)
{
	int *file = take_file(s, in);

	if (!file || !gdb_at_end(in)) {
		reply_failed(s, EBADF);
		return;
	}
	close(*file);
	*file = -1;
	gdb_reply_text(s, "F0");
}

/* vFile:pread:FD,COUNT,OFFSET */
void gdb_file_pread(struct session *s, struct cursor *in)
{
	int *file = take_file(s, in);
	uint64_t count, offset;

	if (!file || !gdb_take_char(in, ',') || !gdb_take_range(in, &count, &offset) ||
	    !gdb_at_end(in) || offset > INT64_MAX) {
		reply_failed(s, file ? EINVAL : EBADF);
		return;
	}
	if (count > PACKET_MAX)
		count = PACKET_MAX;
	char *bytes = xmalloc(count);
	ssize_t n = pread_all(*file, bytes, count, offset);
	if (n < 0)
		reply_failed(s, errno);
	else
		reply_contents(s, bytes, (size_t)n);
	free(bytes);
}

/* Stores an integer big-endian; returns what follows it. */
static uint8_t *put(uint8_t *to, uint64_t v, unsigned bytes)
{
	for (unsigned i = bytes; i-- > 0; v >>= 8)
		to[i] = (uint8_t)v;
	return to + bytes;
}

/* vFile:fstat:FD */
void gdb_file_fstat(struct session *s, struct cursor *in)
{
	int *file = take_file(s, in);
	uint8_t bytes[64], *p = bytes;
	struct stat st;

	if (!file || !gdb_at_end(in) || fstat(*file, &st)) {
		reply_failed(s, EBADF);
		return;
	}
	const struct {
		uint64_t value;
		unsigned bytes;
	} fields[] = {
		{st.st_dev, 4},
		{st.st_ino, 4},
		{S_IFREG | 0444, 4},
		{1, 4}, /* links */
		{0, 4}, /* owner */
		{0, 4}, /* group */
		{0, 4}, /* device */
		{(uint64_t)st.st_size, 8},
		{(uint64_t)st.st_blksize, 8},
		{(uint64_t)st.st_blocks, 8},
		{(uint64_t)st.st_atime, 4},
		{(uint64_t)st.st_mtime, 4},
		{(uint64_t)st.st_ctime, 4},
	};
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		p = put(p, fields[i].value, fields[i].bytes);
	reply_contents(s, bytes, sizeof(bytes));
}

/* vFile:readlink:NAME */
void gdb_file_readlink(struct session *s, struct cursor *in)
{
	char *path = gdb_take_text(in);
	const char *exec;
	pid_t pid;

	if (!path || !gdb_at_end(in))
		reply_failed(s, EINVAL);
	else if (proc_file(s, path, "exe", &pid) && (exec = debug_exec_file(s->debug, pid)))
		reply_contents(s, exec, strlen(exec));
	else
		reply_failed(s, ENOENT);
	free(path);
}
