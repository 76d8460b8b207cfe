/* The objects that a process has loaded, as its dynamic linker lists them in memory (<link.h>,
 * struct r_debug). The lists are the program's to damage: every walk is bounded. Private to
 * lib/gdb.
 */
#ifndef RR_GDB_LOADED_OBJECTS_H
#define RR_GDB_LOADED_OBJECTS_H

#include "gdb/session.h"

struct object {
	uint64_t space; /* its namespace (dlmopen(3)): the address of that one's struct r_debug */
	uint64_t link_map, bias, dynamic;
	char name[4096];
};
/* Calls fn for each object, the main program first, until fn returns false. */
void gdb_objects_walk(struct session *s, pid_t tid, bool (*fn)(void *ctx, const struct object *o),
		      void *ctx);
/* Address of a symbol that an object exports; 0: none. */
uint64_t gdb_object_symbol(struct session *s, pid_t tid, const struct object *o, const char *name);

/* The main program's first program header of a type: address where loaded, size, alignment. */
struct segment {
	uint64_t addr, size, align;
};
bool gdb_program_segment(struct session *s, pid_t tid, uint32_t type, struct segment *found,
			 uint64_t *bias);

/* The path of the file that is mapped for what the general thread's process calls `name`: a loaded
 * object, its program or its dynamic linker; malloc'd. NULL: none. */
char *gdb_mapped_file(struct session *s, const char *name);

#endif
