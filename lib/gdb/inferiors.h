/* The processes and threads that the client sees, which gdb calls inferiors: those of processes
 * that were reported to it and that it has not detached from or killed. Private to lib/gdb. */
#ifndef RR_GDB_INFERIORS_H
#define RR_GDB_INFERIORS_H

#include "gdb/cursor.h"
#include "gdb/session.h"

/* All threads at this position, n of them, hidden ones too; valid until gdb_threads_forget(). */
const struct debug_thread *gdb_threads_all(struct session *s, size_t *n);
/* Must be called whenever the position changes. */
void gdb_threads_forget(struct session *s);
/* A thread that the client sees: of several, the one that runs next comes first. NULL: none. */
const struct debug_thread *gdb_thread_find(struct session *s, struct thread_id id);
const struct debug_thread *gdb_thread_of_tid(struct session *s, pid_t tid);
/* The thread that a packet without a thread is about. NULL: none. */
const struct debug_thread *gdb_thread_general(struct session *s);

/* NULL: the client does not see it. */
struct process *gdb_process_shown(struct session *s, pid_t pid);
void gdb_process_show(struct session *s, pid_t pid);
/* The caller removes the process's points (client_points.h). */
void gdb_process_hide(struct session *s, pid_t pid);
void gdb_processes_hide_all(struct session *s);
bool gdb_process_alive(struct session *s, pid_t pid);
/* Shows the processes that a new client is to see. */
void gdb_processes_begin(struct session *s);
/* Sets which program the client believes the process runs. */
void gdb_process_set_exec(struct process *p, const char *exec);

#endif
