/* qXfer:OBJECT:read:ANNEX:OFFSET,LENGTH: documents in pieces. */
#include "arch/debugger_target.h"
#include "gdb/inferiors.h"
#include "gdb/loaded_objects.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "util/alloc.h"
#include "util/size.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef char *document_maker(struct session *s, const char *annex, size_t *n);

/* --- XML --- */

static const char *xml_entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&apos;";
	default: return NULL;
	}
}

/* Text inside XML. */
static void xml_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *entity = xml_entity(*text);
		if (entity)
			fputs(entity, out);
		else
			fputc((unsigned char)*text < ' ' ? '?' : *text, out);
	}
}

/* --- the target description --- */

static void describe_row(FILE *out, const struct arch_register_row *row)
{
	for (unsigned i = 0; i < row->count; i++) {
		char name[16];
		if (row->count > 1)
			snprintf(name, sizeof(name), row->name, row->first + i);
		else
			snprintf(name, sizeof(name), "%s", row->name);
		fprintf(out, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\"", name, row->bits,
			row->type);
		if (row->group)
			fprintf(out, " group=\"%s\"", row->group);
		fputs("/>\n", out);
	}
}

static char *target_description(uint64_t components)
{
	const char *feature = NULL;
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return NULL;
	fprintf(out,
		"<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
		"<architecture>%s</architecture>\n<osabi>GNU/Linux</osabi>\n",
		arch_debugger_name);
	for (const struct arch_register_row *row = arch_register_rows; row->name; row++) {
		if (!arch_register_there(row, components))
			continue;
		if (!feature || strcmp(feature, row->feature)) {
			const char *types = arch_register_types(row->feature);
			fprintf(out, "%s<feature name=\"%s\">\n%s\n", feature ? "</feature>\n" : "",
				row->feature, types ? types : "");
			feature = row->feature;
		}
		describe_row(out, row);
	}
	fputs("</feature>\n</target>\n", out);
	return fclose(out) ? NULL : text;
}

static char *make_features(struct session *s, const char *annex, size_t *n)
{
	char *text = strcmp(annex, "target.xml") ? NULL : target_description(s->components);

	*n = text ? strlen(text) : 0;
	return text;
}

/* --- of a process or a task --- */

#define BYTES_MAX 4096

/* Bytes that the replay has of a task or process, unchanged. */
static char *make_bytes(struct session *s,
			ssize_t (*get)(struct debug *d, pid_t id, void *buf, size_t max), pid_t id,
			size_t *n)
{
	char *bytes = xmalloc(BYTES_MAX);
	ssize_t got = get(s->debug, id, bytes, BYTES_MAX);

	if (got < 0) {
		free(bytes);
		return NULL;
	}
	*n = (size_t)got;
	return bytes;
}

static char *make_auxv(struct session *s, const char *annex, size_t *n)
{
	const struct debug_thread *t = gdb_thread_general(s);

	return t && !*annex ? make_bytes(s, debug_auxv, t->pid, n) : NULL;
}

/* The annex is the process's id. */
static char *make_exec_file(struct session *s, const char *annex, size_t *n)
{
	struct cursor in = {annex, annex + strlen(annex)};
	const struct debug_thread *t = gdb_thread_general(s);
	uint64_t pid = t ? (uint64_t)t->pid : 0;

	if ((*annex && (!gdb_take_hex(&in, &pid) || !gdb_at_end(&in))) || pid > INT32_MAX ||
	    !gdb_process_shown(s, (pid_t)pid))
		return NULL;
	const char *name = debug_exec_file(s->debug, (pid_t)pid);
	if (!name)
		return NULL;
	gdb_process_set_exec(gdb_process_shown(s, (pid_t)pid), name);
	*n = strlen(name);
	return xstrdup(name);
}

static char *make_siginfo(struct session *s, const char *annex, size_t *n)
{
	const struct debug_thread *t = gdb_thread_general(s);

	return t && !*annex ? make_bytes(s, debug_siginfo, t->tid, n) : NULL;
}

/* --- threads --- */

static void describe_thread(FILE *out, const struct session *s, const struct debug_thread *t)
{
	char name[sizeof(t->name) + 1];

	snprintf(name, sizeof(name), "%.*s", (int)sizeof(t->name), t->name);
	if (s->client.multiprocess)
		fprintf(out, "<thread id=\"p%x.%x\" name=\"", (unsigned)t->pid, (unsigned)t->tid);
	else
		fprintf(out, "<thread id=\"%x\" name=\"", (unsigned)t->tid);
	xml_text(out, name);
	fputs("\"/>\n", out);
}

static char *make_threads(struct session *s, const char *annex, size_t *n)
{
	size_t count;
	const struct debug_thread *t = gdb_threads_all(s, &count);
	char *text;
	FILE *out = *annex ? NULL : open_memstream(&text, n);

	if (!out)
		return NULL;
	fputs("<?xml version=\"1.0\"?>\n<threads>\n", out);
	for (size_t i = 0; i < count; i++)
		if (gdb_process_shown(s, t[i].pid))
			describe_thread(out, s, &t[i]);
	fputs("</threads>\n", out);
	return fclose(out) ? NULL : text;
}

/* --- loaded objects --- */

struct list {
	FILE *out;
	bool inside; /* the element is open, as the main program has been seen */
};

static bool list_object(void *ctx, const struct object *o)
{
	struct list *l = ctx;

	if (!l->inside) {
		fprintf(l->out, " main-lm=\"0x%lx\">\n", o->link_map);
		l->inside = true;
		return true;
	}
	if (!o->name[0])
		return true;
	fputs("<library name=\"", l->out);
	xml_text(l->out, o->name);
	fprintf(l->out, "\" lm=\"0x%lx\" l_addr=\"0x%lx\" l_ld=\"0x%lx\" lmid=\"0x%lx\"/>\n",
		o->link_map, o->bias, o->dynamic, o->space);
	return true;
}

static char *libraries_document(struct session *s, pid_t tid, size_t *n)
{
	char *text;
	struct list l = {.out = open_memstream(&text, n)};

	if (!l.out)
		return NULL;
	fputs("<library-list-svr4 version=\"1.0\"", l.out);
	gdb_objects_walk(s, tid, list_object, &l);
	fputs(l.inside ? "</library-list-svr4>\n" : "/>\n", l.out);
	return fclose(l.out) ? NULL : text;
}

static char *make_libraries(struct session *s, const char *annex, size_t *n)
{
	const struct debug_thread *t = gdb_thread_general(s);

	(void)annex;
	return t ? libraries_document(s, t->tid, n) : NULL;
}

/* --- memory --- */

/* All addresses that a program can have. Which of them are mapped changes without gdb asking again:
 * it learns that when it reads. */
static char *make_memory_map(struct session *s, const char *annex, size_t *n)
{
	char *text;
	FILE *out = *annex ? NULL : open_memstream(&text, n);

	(void)s;
	if (!out)
		return NULL;
	fputs("<?xml version=\"1.0\"?>\n<memory-map>\n", out);
	for (const struct arch_memory_range *r = arch_memory_ranges; r->len; r++)
		fprintf(out, "<memory type=\"ram\" start=\"0x%lx\" length=\"0x%lx\"/>\n", r->start,
			r->len);
	fputs("</memory-map>\n", out);
	return fclose(out) ? NULL : text;
}

/* --- the packet --- */

static const struct {
	const char *object;
	document_maker *make;
} objects[] = {
	{":features:read:", make_features},     {":auxv:read:", make_auxv},
	{":exec-file:read:", make_exec_file},   {":siginfo:read:", make_siginfo},
	{":threads:read:", make_threads},       {":libraries-svr4:read:", make_libraries},
	{":memory-map:read:", make_memory_map},
};

/* A client asks for one piece after another. The document is made for the first and kept for the
 * others, so that the pieces fit together. */
static bool document_load(struct session *s, document_maker *make, const char *name,
			  const char *annex, bool keep)
{
	if (keep && s->document_name && !strcmp(s->document_name, name))
		return true;
	free(s->document);
	free(s->document_name);
	s->document_name = NULL;
	s->document = make(s, annex, &s->ndocument);
	if (!s->document)
		return false;
	s->document_name = xstrdup(name);
	return true;
}

/* qXfer */
void gdb_document_get(struct session *s, struct cursor *in)
{
	const char *name = in->p;
	document_maker *make = NULL;
	uint64_t offset, len;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(objects) && !make; i++)
		if (gdb_take_word(in, objects[i].object))
			make = objects[i].make;
	if (!make)
		return;
	const char *annex = gdb_take_until(in, ':', &n);
	char *key = xasprintf("%.*s", (int)(in->p - name), name),
	     *annex_text = xasprintf("%.*s", (int)n, annex);
	if (!gdb_take_range(in, &offset, &len) || !gdb_at_end(in))
		gdb_reply_error(s, EINVAL);
	else if (!document_load(s, make, key, annex_text, offset > 0))
		gdb_reply_error(s, 0);
	else
		gdb_reply_part(s, s->document, s->ndocument, offset, len);
	free(key);
	free(annex_text);
}
