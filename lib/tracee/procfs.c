#include "tracee/procfs.h"

#include "util/alloc.h"
#include "util/exhaustion.h"
#include "util/host.h"
#include "util/size.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct maps_file {
	FILE *f;
	char *line;
	size_t cap;
};

struct maps_file *maps_open(pid_t tid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/maps", tid);
	int fd = exhaustion_open(path, O_RDONLY);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	if (!f) {
		if (fd >= 0) {
			exhaustion_note(path);
			close(fd);
		}
		return NULL;
	}
	struct maps_file *m = xcalloc(1, sizeof(*m));
	m->f = f;
	return m;
}

bool maps_next(struct maps_file *m, struct maps_line *l)
{
	ssize_t n = getline(&m->line, &m->cap, m->f);
	char perms[5];
	unsigned major_, minor_;
	int at = 0;

	if (n <= 0) {
		if (!feof(m->f) && errno == ENOMEM) /* ESRCH: the task has ended */
			exhaustion_note("/proc/PID/maps");
		return false;
	}
	if (m->line[n - 1] == '\n')
		m->line[n - 1] = '\0';
	if (sscanf(m->line, "%lx-%lx %4s %lx %x:%x %lu %n", &l->start, &l->end, perms, &l->offset,
		   &major_, &minor_, &l->ino, &at) < 7)
		return false;
	l->prot = (perms[0] == 'r' ? PROT_READ : 0u) | (perms[1] == 'w' ? PROT_WRITE : 0u) |
		  (perms[2] == 'x' ? PROT_EXEC : 0u);
	l->shared = perms[3] == 's';
	l->dev = makedev(major_, minor_);
	snprintf(l->path, sizeof(l->path), "%s", m->line + at);
	return true;
}

void maps_close(struct maps_file *m)
{
	if (m) {
		fclose(m->f);
		free(m->line);
		free(m);
	}
}

#define PM_SOFT_PRESENT (1ull << 63)
#define PM_SWAPPED (1ull << 62)
#define PM_FILE (1ull << 61)
#define PM_GUARD (1ull << 58)

typedef int page_run(void *ctx, uint64_t start, uint64_t len);

/* Reads one entry for each page, present or not. */
static int entries_each(int fd, uint64_t start, uint64_t end, bool shared, page_run *fn, void *ctx)
{
	uint64_t entries[512], run = 0, run_len = 0;
	int r = 0;

	for (uint64_t at = start; at < end && !r;) {
		size_t want = (end - at) / PAGE;
		if (want > ARRAY_LEN(entries))
			want = ARRAY_LEN(entries);
		ssize_t got = pread(fd, entries, want * 8, (off_t)(at / PAGE * 8));
		if (got <= 0)
			break;
		for (ssize_t i = 0; i < got / 8 && !r; i++, at += PAGE) {
			uint64_t e = entries[i];
			bool own = (e & (PM_SOFT_PRESENT | PM_SWAPPED)) && !(e & PM_GUARD) &&
				   (shared || !(e & PM_FILE));
			if (own && run_len && run + run_len == at) {
				run_len += PAGE;
				continue;
			}
			if (run_len && !own)
				r = fn(ctx, run, run_len);
			run = at;
			run_len = own ? PAGE : 0;
		}
	}
	if (!r && run_len)
		r = fn(ctx, run, run_len);
	return r;
}

/* struct pm_scan_arg and struct page_region of linux/fs.h, since Linux 6.7. */
struct pm_scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted,
		category_mask, category_anyof_mask, return_mask;
};
struct pm_region {
	uint64_t start, end, categories;
};
#define PM_SCAN_IOCTL _IOWR('f', 16, struct pm_scan)
#define PM_IS_FILE (1u << 2)
#define PM_IS_PRESENT (1u << 3)
#define PM_IS_SWAPPED (1u << 4)
#define PM_IS_GUARD (1u << 8) /* MADV_GUARD_INSTALL; looks swapped, too. Since Linux 6.16 */

/* The kernel walks its page tables and skips absent ranges quickly, which matters because
 * sanitizers reserve terabytes. 1: this kernel cannot. */
static int scan_each(int fd, uint64_t start, uint64_t end, bool shared, page_run *fn, void *ctx)
{
	static uint64_t guard = PM_IS_GUARD;
	uint64_t not_file = shared ? 0 : PM_IS_FILE;
	struct pm_region found[256];
	struct pm_scan s = {.size = sizeof(s),
			    .end = end,
			    .vec = (uint64_t)found,
			    .vec_len = ARRAY_LEN(found),
			    .category_inverted = not_file | guard,
			    .category_mask = not_file | guard,
			    .category_anyof_mask = PM_IS_PRESENT | PM_IS_SWAPPED,
			    .return_mask = PM_IS_FILE};
	int r = 0;

	for (uint64_t at = start; at < end && !r; at = s.walk_end) {
		s.start = at;
		int n = ioctl(fd, PM_SCAN_IOCTL, &s);
		if (n < 0 && errno == EINVAL && guard) {
			guard = 0;
			return scan_each(fd, start, end, shared, fn, ctx);
		}
		if (n < 0)
			return at == start ? 1 : -1;
		for (int i = 0; i < n && !r; i++)
			r = fn(ctx, found[i].start, found[i].end - found[i].start);
		if (s.walk_end <= at)
			break;
	}
	return r;
}

int pagemap_each(pid_t tid, uint64_t start, uint64_t end, bool shared, page_run *fn, void *ctx)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", tid);
	int fd = exhaustion_open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	int r = scan_each(fd, start, end, shared, fn, ctx);
	if (r == 1)
		r = entries_each(fd, start, end, shared, fn, ctx);
	close(fd);
	return r;
}

uint64_t proc_stat_field(pid_t tid, int field)
{
	char path[32], buf[1024];

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	int fd = exhaustion_open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	char *p = strrchr(buf, ')'); /* the name may contain any character */
	if (!p)
		return 0;
	p += 2;
	for (int i = 3; i < field && p; i++) {
		p = strchr(p, ' ');
		if (p)
			p++;
	}
	if (!p)
		return 0;
	return field == 3 ? (uint64_t)*p : strtoull(p, NULL, 10);
}

static char *status_line(pid_t tid, const char *name, char *buf, size_t size)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	int fd = exhaustion_open(path, O_RDONLY);
	if (fd < 0)
		return NULL;
	ssize_t n = read(fd, buf, size - 1);
	close(fd);
	if (n <= 0)
		return NULL;
	buf[n] = '\0';
	for (char *p = buf; p; p = strchr(p, '\n')) {
		if (*p == '\n')
			p++;
		size_t len = strlen(name);
		if (!strncmp(p, name, len) && p[len] == ':')
			return p + len + 1;
	}
	return NULL;
}

bool proc_has_child(pid_t pid)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	bool has = false;

	while (!has && (e = dir_next(d)))
		has = e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		      proc_stat_field(atoi(e->d_name), 4) == (uint64_t)pid;
	if (d)
		closedir(d);
	return has;
}

uint64_t proc_status_mask(pid_t tid, const char *name)
{
	char buf[4096], *p = status_line(tid, name, buf, sizeof(buf));

	return p ? strtoull(p, NULL, 16) : 0;
}

pid_t proc_inner_tid(pid_t tid)
{
	char buf[4096], *p = status_line(tid, "NSpid", buf, sizeof(buf));

	if (!p)
		return tid;
	p[strcspn(p, "\n")] = '\0';
	char *last = strrchr(p, '\t');
	return (pid_t)strtol(last ? last : p, NULL, 10);
}

pid_t proc_tgid(pid_t tid)
{
	char buf[4096], *p = status_line(tid, "Tgid", buf, sizeof(buf));

	return p ? (pid_t)strtol(p, NULL, 10) : tid;
}

bool proc_has_inner_ids(pid_t tid, const char *ids, size_t len)
{
	char buf[4096], *p = status_line(tid, "NStgid", buf, sizeof(buf));
	size_t n = p ? strcspn(p, "\n") : 0;

	/* each id has a tab before it */
	return n >= len && !memcmp(p + n - len, ids, len);
}

static int open_inode(const char *path, uint64_t ino)
{
	struct stat st;
	int fd = exhaustion_open(path, O_RDONLY | O_NONBLOCK);

	if (fd >= 0 && (fstat(fd, &st) || st.st_ino != ino)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The path is relative to our root if the file's mount is below it. It is not if the mount belongs
 * to another namespace. */
int proc_open_mapped(pid_t tid, const char *path, uint64_t ino)
{
	int fd = open_inode(path, ino);

	if (fd < 0) {
		char *there = xasprintf("/proc/%d/root%s", tid, path);
		fd = open_inode(there, ino);
		free(there);
	}
	return fd;
}
