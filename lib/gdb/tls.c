#include "gdb/tls.h"

#include "arch/debugger_target.h"
#include "gdb/inferiors.h"
#include "gdb/loaded_objects.h"
#include "gdb/target.h"

#include <elf.h>
#include <string.h>

/* "ELF Handling For Thread-Local Storage" (U. Drepper). The main program's block is at a fixed
 * place from the thread pointer. The blocks of other objects are found through the dynamic thread
 * vector. glibc describes that vector and struct link_map to debuggers in constants that it exports
 * by names _thread_db_*. */

/* Such a constant: bits of the field (of an array: of an element), number of elements, offset. */
struct field {
	uint32_t bits, count, offset;
};

/* What the walk over the objects looks for. */
struct search {
	struct session *session;
	pid_t tid;
	bool first;
	uint64_t main_map, link_map;
	/* Of the object that exports them. */
	struct field modid, offset, dtvp, vector, value;
	bool found;
};

static bool field_load(struct search *f, const struct object *o, const char *name,
		       struct field *field)
{
	uint64_t addr = gdb_object_symbol(f->session, f->tid, o, name);

	return addr && gdb_memory_read(f->session, f->tid, addr, field, sizeof(*field));
}

static bool search_object(void *ctx, const struct object *o)
{
	struct search *f = ctx;

	if (f->first)
		f->main_map = o->link_map;
	f->first = false;
	if (!strstr(o->name, "libc") && !strstr(o->name, "libpthread"))
		return true;
	f->found = field_load(f, o, "_thread_db_link_map_l_tls_modid", &f->modid) &&
		   field_load(f, o, "_thread_db_link_map_l_tls_offset", &f->offset) &&
		   field_load(f, o, "_thread_db_pthread_dtvp", &f->dtvp) &&
		   field_load(f, o, "_thread_db_dtv_dtv", &f->vector) &&
		   field_load(f, o, "_thread_db_dtv_t_pointer_val", &f->value);
	return !f->found;
}

static bool word_read(struct search *f, uint64_t addr, uint64_t *value)
{
	return gdb_memory_read(f->session, f->tid, addr, value, sizeof(*value));
}

static bool program_block(struct session *s, pid_t tid, uint64_t pointer, uint64_t *block)
{
	struct segment tls;
	uint64_t bias;

	if (!gdb_program_segment(s, tid, PT_TLS, &tls, &bias) || (tls.align & (tls.align - 1)))
		return false;
	*block = arch_tls_program(pointer, tls.size, tls.align ? tls.align : 1);
	return true;
}

/* glibc's special values: in the vector, a block not allocated yet; in the link map, no block, or
 * one that is only allocated dynamically. */
#define UNALLOCATED UINT64_MAX
#define NO_OFFSET 0
#define ONLY_DYNAMIC UINT64_MAX

static bool library_block(struct search *f, uint64_t pointer, uint64_t *block)
{
	uint64_t module, vector, offset;

	if (!word_read(f, f->link_map + f->modid.offset, &module) || module == 0 ||
	    module > UINT32_MAX || !word_read(f, pointer + f->dtvp.offset, &vector))
		return false;
	uint64_t entry = vector + f->vector.offset + f->vector.bits / 8 * module + f->value.offset;
	if (word_read(f, entry, block) && *block != UNALLOCATED && *block != 0)
		return true;
	if (!word_read(f, f->link_map + f->offset.offset, &offset) || offset == NO_OFFSET ||
	    offset == ONLY_DYNAMIC)
		return false;
	*block = arch_tls_library(pointer, offset);
	return true;
}

bool gdb_tls_address(struct session *s, const struct debug_thread *t, uint64_t offset,
		     uint64_t link_map, uint64_t *addr)
{
	struct search f = {.session = s, .tid = t->tid, .first = true, .link_map = link_map};
	struct trace_regs g;
	uint64_t block;

	if (debug_get_regs(s->debug, t->tid, &g))
		return false;
	if (link_map)
		gdb_objects_walk(s, t->tid, search_object, &f);
	bool program = link_map == 0 || link_map == f.main_map;
	if (program ? !program_block(s, t->tid, ARCH_THREAD(&g), &block)
		    : !f.found || !library_block(&f, ARCH_THREAD(&g), &block))
		return false;
	*addr = block + offset;
	return true;
}
