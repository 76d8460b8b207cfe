#include "gdb/loaded_objects.h"

#include "gdb/inferiors.h"
#include "gdb/target.h"
#include "util/alloc.h"
#include "util/size.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#define HEADERS_MAX 256
#define DYNAMIC_MAX 256
#define OBJECTS_MAX 4096

/* --- the main program --- */

static const Elf64_Phdr *header_find(const Elf64_Phdr *p, size_t n, uint32_t type)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].p_type == type)
			return &p[i];
	return NULL;
}

/* What to add to the addresses in its headers. */
static uint64_t program_bias(const Elf64_Phdr *p, size_t n, uint64_t headers, uint64_t entry_page)
{
	const Elf64_Phdr *self = header_find(p, n, PT_PHDR);

	if (self)
		return headers - self->p_vaddr;
	/* A static program has no PT_PHDR. It is at the addresses it says; if those are relative,
	 * it begins with the page of its headers. */
	const Elf64_Phdr *first = header_find(p, n, PT_LOAD);
	if (!first || first->p_vaddr)
		return 0;
	return entry_page;
}

bool gdb_program_segment(struct session *s, pid_t tid, uint32_t type, struct segment *found,
			 uint64_t *bias)
{
	const struct debug_thread *t = gdb_thread_of_tid(s, tid);
	Elf64_Phdr headers[HEADERS_MAX];
	uint64_t addr, n;

	if (!t || !gdb_auxv_find(s, t->pid, AT_PHDR, &addr) ||
	    !gdb_auxv_find(s, t->pid, AT_PHNUM, &n) || n > HEADERS_MAX ||
	    !gdb_memory_read(s, tid, addr, headers, n * sizeof(headers[0])))
		return false;
	const Elf64_Phdr *p = header_find(headers, n, type);
	if (!p)
		return false;
	*bias = program_bias(headers, n, addr, PAGE_DOWN(addr));
	*found = (struct segment){
		.addr = *bias + p->p_vaddr, .size = p->p_memsz, .align = p->p_align};
	return true;
}

/* --- dynamic sections --- */

/* The value of a tag in the dynamic section at an address. */
static bool dynamic_find(struct session *s, pid_t tid, uint64_t addr, int64_t tag, uint64_t *value)
{
	Elf64_Dyn d;

	for (unsigned i = 0; i < DYNAMIC_MAX; i++, addr += sizeof(d)) {
		if (!gdb_memory_read(s, tid, addr, &d, sizeof(d)) || d.d_tag == DT_NULL)
			return false;
		if (d.d_tag == tag) {
			*value = d.d_un.d_val;
			return true;
		}
	}
	return false;
}

/* The same for a value that is an address: glibc has relocated it in place, musl has not. */
static bool dynamic_address(struct session *s, pid_t tid, const struct object *o, int64_t tag,
			    uint64_t *value)
{
	if (!dynamic_find(s, tid, o->dynamic, tag, value))
		return false;
	if (*value < o->bias)
		*value += o->bias;
	return true;
}

/* --- the list of objects --- */

/* Address of the first struct r_debug; 0: none yet. */
static uint64_t debug_find(struct session *s, pid_t tid)
{
	struct segment dynamic;
	uint64_t bias, addr;

	if (!gdb_program_segment(s, tid, PT_DYNAMIC, &dynamic, &bias) ||
	    !dynamic_find(s, tid, dynamic.addr, DT_DEBUG, &addr))
		return 0;
	return addr;
}

/* Since version 2 they are a list. */
static uint64_t debug_next(struct session *s, pid_t tid, uint64_t addr, const struct r_debug *r)
{
	uint64_t next;

	return r->r_version >= 2 && gdb_memory_read(s, tid, addr + sizeof(*r), &next, sizeof(next))
		       ? next
		       : 0;
}

static bool object_load(struct session *s, pid_t tid, uint64_t addr, struct object *o,
			uint64_t *next)
{
	struct link_map map;

	if (!gdb_memory_read(s, tid, addr, &map, sizeof(map)))
		return false;
	o->link_map = addr;
	o->bias = map.l_addr;
	o->dynamic = (uint64_t)map.l_ld;
	*next = (uint64_t)map.l_next;
	if (!map.l_name ||
	    !gdb_memory_string(s, tid, (uint64_t)map.l_name, o->name, sizeof(o->name)))
		o->name[0] = '\0';
	return true;
}

void gdb_objects_walk(struct session *s, pid_t tid, bool (*fn)(void *ctx, const struct object *o),
		      void *ctx)
{
	struct object *o = xmalloc(sizeof(*o));
	uint64_t space = debug_find(s, tid);
	unsigned left = OBJECTS_MAX;
	bool more = true;
	struct r_debug r;

	for (; space && left && more && gdb_memory_read(s, tid, space, &r, sizeof(r));
	     space = debug_next(s, tid, space, &r)) {
		uint64_t addr = (uint64_t)r.r_map;
		o->space = space;
		for (left--; more && addr && left && object_load(s, tid, addr, o, &addr); left--)
			more = fn(ctx, o);
	}
	free(o);
}

/* --- names --- */

struct named {
	const char *name;
	uint64_t addr; /* an address in it */
	char *path;
};

static bool named_object(void *ctx, const struct object *o)
{
	struct named *f = ctx;

	if (!strcmp(o->name, f->name))
		f->addr = o->dynamic;
	return !f->addr;
}

static bool named_map(void *ctx, const struct debug_map *m)
{
	struct named *f = ctx;

	if (f->addr < m->start || f->addr >= m->end)
		return true;
	if (m->path[0] == '/')
		f->path = xstrdup(m->path);
	return false;
}

/* Needed until the dynamic linker has listed itself. */
static bool is_interpreter(struct session *s, pid_t tid, const char *name)
{
	char text[sizeof((struct object *)0)->name];
	struct segment interp;
	uint64_t bias;

	return gdb_program_segment(s, tid, PT_INTERP, &interp, &bias) &&
	       gdb_memory_string(s, tid, interp.addr, text, sizeof(text)) && !strcmp(text, name);
}

char *gdb_mapped_file(struct session *s, const char *name)
{
	const struct debug_thread *t = gdb_thread_general(s);
	struct named f = {.name = name};

	if (!t)
		return NULL;
	const char *exec = debug_exec_file(s->debug, t->pid);
	if (exec && !strcmp(exec, name))
		gdb_auxv_find(s, t->pid, AT_PHDR, &f.addr);
	else if (is_interpreter(s, t->tid, name))
		gdb_auxv_find(s, t->pid, AT_BASE, &f.addr);
	else
		gdb_objects_walk(s, t->tid, named_object, &f);
	if (f.addr)
		debug_maps(s->debug, t->pid, named_map, &f);
	return f.path;
}

/* --- symbols --- */

/* A DT_GNU_HASH table (glibc, elf/dl-lookup.c): Bloom filter words, buckets, then a chain of hashes
 * for each bucket, whose last one has bit 0 set. */
struct hash {
	uint64_t chains, buckets;
	uint32_t nbuckets, base;
};

static bool hash_load(struct session *s, pid_t tid, uint64_t addr, struct hash *h)
{
	uint32_t words[4]; /* nbuckets, base, Bloom words, shift */

	if (!gdb_memory_read(s, tid, addr, words, sizeof(words)) || !words[0])
		return false;
	h->nbuckets = words[0];
	h->base = words[1];
	h->buckets = addr + sizeof(words) + 8 * (uint64_t)words[2];
	h->chains = h->buckets + 4 * (uint64_t)words[0];
	return true;
}

static uint32_t hash_of(const char *name)
{
	uint32_t h = 5381;

	while (*name)
		h = h * 33 + (uint8_t)*name++;
	return h;
}

#define CHAIN_MAX 4096
#define NAME_MAX_HERE 128

static bool symbol_named(struct session *s, pid_t tid, uint64_t strings, const Elf64_Sym *sym,
			 const char *name)
{
	char text[NAME_MAX_HERE];

	return sym->st_shndx != SHN_UNDEF &&
	       gdb_memory_string(s, tid, strings + sym->st_name, text, sizeof(text)) &&
	       !strcmp(text, name);
}

uint64_t gdb_object_symbol(struct session *s, pid_t tid, const struct object *o, const char *name)
{
	uint64_t addr, symbols, strings;
	uint32_t i, chain = 0, want = hash_of(name);
	struct hash h;

	if (!dynamic_address(s, tid, o, DT_GNU_HASH, &addr) ||
	    !dynamic_address(s, tid, o, DT_SYMTAB, &symbols) ||
	    !dynamic_address(s, tid, o, DT_STRTAB, &strings) || !hash_load(s, tid, addr, &h) ||
	    !gdb_memory_read(s, tid, h.buckets + 4 * (uint64_t)(want % h.nbuckets), &i,
			     sizeof(i)) ||
	    i < h.base)
		return 0;
	for (unsigned steps = 0; steps < CHAIN_MAX && !(chain & 1); steps++, i++) {
		Elf64_Sym sym;
		if (!gdb_memory_read(s, tid, h.chains + 4 * (uint64_t)(i - h.base), &chain,
				     sizeof(chain)))
			return 0;
		if ((chain | 1) == (want | 1) &&
		    gdb_memory_read(s, tid, symbols + sizeof(sym) * (uint64_t)i, &sym,
				    sizeof(sym)) &&
		    symbol_named(s, tid, strings, &sym, name))
			return o->bias + sym.st_value;
	}
	return 0;
}
