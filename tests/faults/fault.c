/* A library for LD_PRELOAD that makes calls of a program fail. It acts only in the program that
 * loads it: neither in that program's children nor in programs that it executes. Calls that the C
 * library makes internally are not affected.
 *
 * FAULT_CALLS	names of calls or of groups of calls, separated by commas
 * FAULT_AT	the number of the call that fails, from 1 on; 0: calls are only counted
 * FAULT_ERROR	the number of the error; 0: the call does half of its work (read, write)
 * FAULT_LASTS	set: all later calls fail, too
 * FAULT_REPORT	a file of one page: how many calls there were, how many failed, and where the first
 * did
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct report {
	unsigned long calls, failed;
	char where[240];
};

static struct {
	bool on, lasts;
	pid_t pid;
	unsigned long at;
	int error;
	char calls[1024];
	struct report *report;
} fault;

__attribute__((constructor)) static void fault_begin(void)
{
	static struct report none;
	const char *calls = getenv("FAULT_CALLS"), *at = getenv("FAULT_AT"),
		   *error = getenv("FAULT_ERROR");
	const char *report = getenv("FAULT_REPORT");
	int fd = report ? (int)syscall(SYS_openat, AT_FDCWD, report, O_RDWR | O_CLOEXEC) : -1;
	void *m = fd < 0 ? MAP_FAILED
			 : (void *)syscall(SYS_mmap, NULL, sizeof(struct report),
					   PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd >= 0)
		syscall(SYS_close, fd);
	fault.report = m == MAP_FAILED ? &none : m;
	snprintf(fault.calls, sizeof(fault.calls), ",%s,", calls ? calls : "");
	fault.at = at ? strtoul(at, NULL, 10) : 0;
	fault.error = error ? atoi(error) : EIO;
	fault.lasts = getenv("FAULT_LASTS");
	fault.pid = getpid();
	fault.on = calls;
	/* Programs that this one starts run without this library. */
	unsetenv("LD_PRELOAD");
	unsetenv("FAULT_CALLS");
	unsetenv("FAULT_AT");
	unsetenv("FAULT_ERROR");
	unsetenv("FAULT_LASTS");
	unsetenv("FAULT_REPORT");
}

static bool is_chosen(const char *name)
{
	const char *at = fault.calls;
	size_t len = strlen(name);

	while ((at = strstr(at, name)))
		if (at[-1] == ',' && at[len] == ',')
			return true;
		else
			at++;
	return false;
}

static void tell_where(const char *name, const void *from)
{
	Dl_info in;

	if (!dladdr(from, &in))
		in.dli_fname = NULL;
	snprintf(fault.report->where, sizeof(fault.report->where), "%s from %s+0x%lx", name,
		 in.dli_fname ? in.dli_fname : "?",
		 in.dli_fname ? (unsigned long)((const char *)from - (const char *)in.dli_fbase)
			      : (unsigned long)from);
}

/* Files that the kernel generates have no disk that could be full or fail. For them, only resources
 * of the process can run out. */
static bool can_fail(const char *path, int fd)
{
	char link[64], target[64];

	if (fault.error == EMFILE || fault.error == ENFILE || fault.error == ENOMEM)
		return true;
	if (fd >= 0) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		long n = syscall(SYS_readlinkat, AT_FDCWD, link, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = 0;
		path = target;
	}
	return !path || strncmp(path, "/proc/", 6) != 0;
}

/* libarchive then ends the program itself, with its own message. */
static bool is_archive(const void *from)
{
	Dl_info in;

	return dladdr(from, &in) && in.dli_fname && strstr(in.dli_fname, "libarchive");
}

/* Whether this call fails; if so, errno is set. *chosen is kept for each function; -1: not known
 * yet. path or fd: the file that the call is about, or NULL and -1. */
static bool fails(signed char *chosen, const char *group, const char *name, const void *from,
		  const char *path, int fd)
{
	if (!fault.on || syscall(SYS_getpid) != fault.pid)
		return false;
	if (*chosen < 0)
		*chosen = is_chosen(group) || is_chosen(name);
	if (!*chosen || !can_fail(path, fd) || (strcmp(group, "memory") == 0 && is_archive(from)))
		return false;
	unsigned long n = __atomic_add_fetch(&fault.report->calls, 1, __ATOMIC_SEQ_CST);
	if (!fault.at || n < fault.at || (n > fault.at && !fault.lasts))
		return false;
	if (__atomic_add_fetch(&fault.report->failed, 1, __ATOMIC_SEQ_CST) == 1)
		tell_where(name, from);
	errno = fault.error;
	return true;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* CALL(type of the result, result of a failure, group, name, path, fd, (parameters),
 * (arguments)) */
#define CALL(type, bad, group, name, path, fd, parameters, arguments) \
	type name parameters \
	{ \
		static signed char chosen = -1; \
		if (fails(&chosen, #group, #name, __builtin_return_address(0), path, fd)) \
			return bad; \
		return REAL(name) arguments; \
	}

/* For calls that may do less than they were asked to. */
#define SHORT(group, name, parameters, whole, half) \
	ssize_t name parameters \
	{ \
		static signed char chosen = -1; \
		if (!fails(&chosen, #group, #name, __builtin_return_address(0), NULL, fd)) \
			return REAL(name) whole; \
		if (fault.error || n < 2) \
			return errno = fault.error ? fault.error : EIO, -1; \
		return REAL(name) half; \
	}

SHORT(write, write, (int fd, const void *b, size_t n), (fd, b, n), (fd, b, n / 2))
SHORT(write, pwrite, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at),
      (fd, b, n / 2, at))
SHORT(write, pwrite64, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at),
      (fd, b, n / 2, at))
SHORT(read, read, (int fd, void *b, size_t n), (fd, b, n), (fd, b, n / 2))
SHORT(read, pread, (int fd, void *b, size_t n, off_t at), (fd, b, n, at), (fd, b, n / 2, at))
SHORT(read, pread64, (int fd, void *b, size_t n, off_t at), (fd, b, n, at), (fd, b, n / 2, at))
SHORT(copy, copy_file_range, (int fd, off_t *in, int to, off_t *out, size_t n, unsigned f),
      (fd, in, to, out, n, f), (fd, in, to, out, n / 2, f))
CALL(ssize_t, -1, write, writev, NULL, fd, (int fd, const struct iovec *v, int n), (fd, v, n))
CALL(int, -1, truncate, ftruncate, NULL, fd, (int fd, off_t n), (fd, n))
CALL(int, -1, truncate, ftruncate64, NULL, fd, (int fd, off_t n), (fd, n))
CALL(int, -1, truncate, fallocate, NULL, fd, (int fd, int mode, off_t at, off_t n),
     (fd, mode, at, n))
CALL(off_t, -1, seek, lseek, NULL, fd, (int fd, off_t at, int whence), (fd, at, whence))
CALL(off_t, -1, seek, lseek64, NULL, fd, (int fd, off_t at, int whence), (fd, at, whence))
CALL(int, -1, sync, fsync, NULL, fd, (int fd), (fd))
CALL(int, -1, sync, fdatasync, NULL, fd, (int fd), (fd))
CALL(int, -1, sync, sync_file_range, NULL, fd, (int fd, off_t at, off_t n, unsigned f),
     (fd, at, n, f))
CALL(int, -1, rename, rename, a, -1, (const char *a, const char *b), (a, b))
CALL(int, -1, rename, renameat, a, -1, (int x, const char *a, int y, const char *b), (x, a, y, b))
CALL(int, -1, rename, renameat2, a, -1, (int x, const char *a, int y, const char *b, unsigned f),
     (x, a, y, b, f))
CALL(int, -1, link, link, a, -1, (const char *a, const char *b), (a, b))
CALL(int, -1, link, linkat, a, -1, (int x, const char *a, int y, const char *b, int f),
     (x, a, y, b, f))
CALL(int, -1, link, symlink, a, -1, (const char *a, const char *b), (a, b))
CALL(int, -1, mkdir, mkdir, a, -1, (const char *a, mode_t m), (a, m))
CALL(int, -1, mkdir, mkdirat, a, -1, (int x, const char *a, mode_t m), (x, a, m))
CALL(int, -1, unlink, unlink, a, -1, (const char *a), (a))
CALL(int, -1, unlink, unlinkat, a, -1, (int x, const char *a, int f), (x, a, f))
CALL(int, -1, mode, fchmod, NULL, fd, (int fd, mode_t m), (fd, m))
CALL(int, -1, mode, fchmodat, a, -1, (int x, const char *a, mode_t m, int f), (x, a, m, f))
CALL(int, -1, stat, stat, a, -1, (const char *restrict a, struct stat *restrict s), (a, s))
CALL(int, -1, stat, lstat, a, -1, (const char *restrict a, struct stat *restrict s), (a, s))
CALL(int, -1, stat, fstat, NULL, fd, (int fd, struct stat *s), (fd, s))
CALL(int, -1, stat, fstatat, a, -1, (int x, const char *restrict a, struct stat *restrict s, int f),
     (x, a, s, f))
CALL(int, -1, lock, flock, NULL, fd, (int fd, int how), (fd, how))
CALL(void *, MAP_FAILED, map, mmap, NULL, -1, (void *a, size_t n, int p, int f, int fd, off_t at),
     (a, n, p, f, fd, at))
CALL(void *, MAP_FAILED, map, mmap64, NULL, -1, (void *a, size_t n, int p, int f, int fd, off_t at),
     (a, n, p, f, fd, at))
CALL(DIR *, NULL, dir, fdopendir, NULL, fd, (int fd), (fd))
CALL(DIR *, NULL, dir, opendir, a, -1, (const char *a), (a))
CALL(struct dirent *, NULL, dir, readdir, NULL, -1, (DIR * d), (d))
CALL(FILE *, NULL, open, fopen, a, -1, (const char *restrict a, const char *restrict m), (a, m))
CALL(int, -1, make, memfd_create, NULL, -1, (const char *a, unsigned f), (a, f))
CALL(int, -1, make, pipe2, NULL, -1, (int fd[2], int f), (fd, f))
CALL(pid_t, -1, make, fork, NULL, -1, (void), ())
CALL(int, EAGAIN, make, pthread_create, NULL, -1,
     (pthread_t *restrict t, const pthread_attr_t *restrict a, void *(*f)(void *),
      void *restrict x),
     (t, a, f, x))
CALL(ssize_t, -1, make, getrandom, NULL, -1, (void *b, size_t n, unsigned f), (b, n, f))
CALL(char *, NULL, path, realpath, a, -1, (const char *restrict a, char *restrict b), (a, b))
CALL(char *, NULL, path, getcwd, NULL, -1, (char *b, size_t n), (b, n))

/* It is closed nevertheless, as by the kernel. */
int close(int fd)
{
	static signed char chosen = -1;
	int rc = (int)syscall(SYS_close, fd);

	return !rc && fails(&chosen, "close", "close", __builtin_return_address(0), NULL, -1) ? -1
											      : rc;
}

#define OPEN(name, first, argument, ...) \
	int name(__VA_ARGS__, int flags, ...) \
	{ \
		static signed char making = -1, opening = -1; \
		bool makes = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE; \
		va_list ap; \
		if (fails(makes ? &making : &opening, makes ? "create" : "open", #name, \
			  __builtin_return_address(0), path, -1)) \
			return -1; \
		va_start(ap, flags); \
		mode_t mode = makes ? va_arg(ap, mode_t) : 0; \
		va_end(ap); \
		return (int)syscall(SYS_openat, first, argument, flags, mode); \
	}

OPEN(open, AT_FDCWD, path, const char *path)
OPEN(open64, AT_FDCWD, path, const char *path)
OPEN(openat, at, path, int at, const char *path)
OPEN(openat64, at, path, int at, const char *path)

int ioctl(int fd, unsigned long request, ...)
{
	static signed char chosen = -1;
	va_list ap;

	va_start(ap, request);
	void *argument = va_arg(ap, void *);
	va_end(ap);
	if (fails(&chosen, "copy", "ioctl", __builtin_return_address(0), NULL, fd))
		return -1;
	return (int)syscall(SYS_ioctl, fd, request, argument);
}

/* --- memory: dlsym() itself allocates some ---- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
	static signed char chosen = -1;

	return fails(&chosen, "memory", "malloc", __builtin_return_address(0), NULL, -1)
		       ? NULL
		       : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	static signed char chosen = -1;

	return fails(&chosen, "memory", "calloc", __builtin_return_address(0), NULL, -1)
		       ? NULL
		       : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	static signed char chosen = -1;

	return fails(&chosen, "memory", "realloc", __builtin_return_address(0), NULL, -1)
		       ? NULL
		       : __libc_realloc(p, n);
}
