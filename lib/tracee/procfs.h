/* Tracees as /proc/PID shows them: proc(5). */
#ifndef RR_PROCFS_H
#define RR_PROCFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One line of /proc/PID/maps. */
struct maps_line {
	uint64_t start, end, offset, ino;
	unsigned prot;
	bool shared;
	uint64_t dev; /* as makedev() */
	char path[4096];
};
struct maps_file;
struct maps_file *maps_open(pid_t tid);
bool maps_next(struct maps_file *f, struct maps_line *l);
void maps_close(struct maps_file *f);

/* Calls fn for each run of pages of [start, end) that the task has written (that are neither the
 * mapped file's nor untouched zeroes). shared: for pages of shared memory, too. Source:
 * Documentation/admin-guide/mm/pagemap.rst. */
int pagemap_each(pid_t tid, uint64_t start, uint64_t end, bool shared,
		 int (*fn)(void *ctx, uint64_t start, uint64_t len), void *ctx);

/* A field of /proc/PID/stat, counted from 1 as in proc(5), 3 and up; as a number (field 3: the
 * letter). */
uint64_t proc_stat_field(pid_t tid, int field);
/* A hexadecimal mask from /proc/PID/status, such as "SigCgt". */
uint64_t proc_status_mask(pid_t tid, const char *name);
pid_t proc_tgid(pid_t tid);
/* Whether `ids`, the ids of a process in nested pid namespaces as the line NStgid of some /proc has
 * them, are the innermost ones of this task's process. */
bool proc_has_inner_ids(pid_t tid, const char *ids, size_t len);
/* Whether it has a child process, which may have ended. */
bool proc_has_child(pid_t pid);
/* Opens the file that a line of /proc/PID/maps names, for reading. -1: it is gone. */
int proc_open_mapped(pid_t tid, const char *path, uint64_t ino);
/* The task's id in its own PID namespace. */
pid_t proc_inner_tid(pid_t tid);

#endif
