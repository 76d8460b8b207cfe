/* /proc/PID/maps and smaps as the program would read them unrecorded: with the files that it has
 * mapped instead of rewritten code, and without the reserved range. Recording. */
#include "instrument/image.h"
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "util/exhaustion.h"
#include "util/file_io.h"
#include "util/procfd.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define TEXT_MAX (64u << 20)
/* Where the path begins in a line: show_vma_header_prefix() in fs/proc/task_mmu.c. */
#define PATH_COLUMN 73

/* The file whose rewritten code is mapped at `start`, and the offset in it. NULL: none. */
static const struct code_origin_file *original_at(struct recording *rec, struct mm *mm,
						  uint64_t start, uint64_t *offset)
{
	struct code_run run;

	if (!code_next_run(code_of(mm), start, start + 1, &run))
		return NULL;
	*offset = run.file_off;
	return kernel_code_origin(rec, run.img);
}

/* Prints one line of the text as the program may see it. Lines of smaps that begin no mapping
 * belong to the previous mapping; *hidden: that one is not shown. */
static void put_line(FILE *out, struct recording *rec, struct mm *mm, const char *line,
		     bool *hidden)
{
	uint64_t start, end, offset, mapped_offset, ino;
	unsigned maj, min;
	char perms[5];
	int at = 0;

	if (sscanf(line, "%lx-%lx %4s %lx %x:%x %lu%n", &start, &end, perms, &mapped_offset, &maj,
		   &min, &ino, &at) < 7 ||
	    !at) {
		if (!*hidden)
			fputs(line, out);
		return;
	}
	*hidden = kernel_mm_hides(mm, start);
	if (*hidden)
		return;
	const struct code_origin_file *o = kernel_mm(mm)->counted && perms[2] == 'x'
						   ? original_at(rec, mm, start, &offset)
						   : NULL;
	struct code_origin_file served;
	struct stat st;
	if (!o && (served.path = kernel_snapshot_origin(rec, makedev(maj, min), ino, &st))) {
		served.dev = st.st_dev;
		served.ino = st.st_ino;
		offset = mapped_offset;
		o = &served;
	}
	if (!o) {
		fputs(line, out);
		return;
	}
	int n = fprintf(out, "%08lx-%08lx %s %08lx %02x:%02x %lu ", start, end, perms, offset,
			major(o->dev), minor(o->dev), o->ino);
	fprintf(out, "%*s%s\n", n < PATH_COLUMN ? PATH_COLUMN - n : 0, "", o->path);
}

/* The text of `path` as the program may see it, malloc'd. NULL: it cannot be read. */
static char *edited(struct recording *rec, struct mm *mm, const char *path, size_t *len)
{
	char *text = file_read(path, TEXT_MAX, NULL), *result = NULL;
	bool hidden = false;

	if (!text)
		return NULL;
	FILE *out = open_memstream(&result, len);
	for (char *p = text; out && *p;) {
		char *end = strchr(p, '\n'), kept = 0;
		if (end) {
			kept = end[1];
			end[1] = '\0';
		}
		put_line(out, rec, mm, p, &hidden);
		if (!end)
			break;
		end[1] = kept;
		p = end + 1;
	}
	if (!out || fclose(out))
		exhaustion_note(path);
	free(text);
	return result;
}

/* Replaces the file of the task's descriptor by one with this text. */
static void replace_fd(struct call *c, int fd, const char *text, size_t len)
{
	static const char name[] = "maps";
	unsigned flags = 0;

	proc_fd_info(c->t->tid, fd, &flags, NULL);
	if (task_write(c->t, AGENT_DATA, name, sizeof(name)))
		return;
	int64_t mem = TASK_CALL(c->t, SYS_memfd_create, AGENT_DATA, MFD_CLOEXEC);
	if (mem < 0)
		return;
	int ours = exhaustion_open(proc_fd(c->t->tid, (int)mem).path, O_WRONLY);
	if (ours >= 0 && !write_all(ours, text, len))
		TASK_CALL(c->t, SYS_dup3, (uint64_t)mem, (uint64_t)fd, flags & O_CLOEXEC);
	if (ours >= 0)
		close(ours);
	TASK_CALL(c->t, SYS_close, (uint64_t)mem);
}

void kernel_maps_opened(struct call *c, int fd)
{
	char path[4096];
	int pid, at = 0;

	if (proc_fd_target(c->t->tid, fd, path, sizeof(path)) <= 0)
		return;
	if (sscanf(path, "/proc/%d/%n", &pid, &at) != 1 || !at)
		return;
	const char *base = strrchr(path, '/');
	struct task *of = c->rec->find(c->rec, pid);
	if (!of || (strcmp(base, "/maps") != 0 && strcmp(base, "/smaps") != 0))
		return;
	size_t len = 0;
	char *text = edited(c->rec, of->mm, path, &len);
	if (text)
		replace_fd(c, fd, text, len);
	free(text);
}
