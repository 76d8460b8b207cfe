/* The client's breakpoints and watchpoints (Z and z packets). Private to lib/gdb. */
#ifndef RR_GDB_CLIENT_POINTS_H
#define RR_GDB_CLIENT_POINTS_H

#include "gdb/session.h"

/* Removes those of a process; 0: of all. */
void gdb_points_forget(struct session *s, pid_t pid);

#endif
