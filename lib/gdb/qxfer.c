/* qXfer:OBJECT:read:ANNEX:OFFSET,LENGTH: documents in pieces. */
#include "gdb/session.h"
#include "util/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef char *document_maker(struct session *s, const char *annex, size_t *n);

static char *make_features(struct session *s, const char *annex, size_t *n)
{
	char *text = strcmp(annex, "target.xml") ? NULL : target_description(s->components);

	*n = text ? strlen(text) : 0;
	return text;
}

#define BYTES_MAX 4096

/* What the debugger has of a task, or of its process, as it is. */
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
	const struct debug_thread *t = thread_general(s);

	return t && !*annex ? make_bytes(s, debug_auxv, t->pid, n) : NULL;
}

/* Of the process whose number is the annex. */
static char *make_exec_file(struct session *s, const char *annex, size_t *n)
{
	struct cursor in = {annex, annex + strlen(annex)};
	const struct debug_thread *t = thread_general(s);
	uint64_t pid = t ? (uint64_t)t->pid : 0;

	if ((*annex && (!take_hex(&in, &pid) || !at_end(&in))) || pid > INT32_MAX ||
	    !process_shown(s, (pid_t)pid))
		return NULL;
	const char *name = debug_exec_file(s->debug, (pid_t)pid);
	if (!name)
		return NULL;
	process_set_exec(process_shown(s, (pid_t)pid), name);
	*n = strlen(name);
	return xstrdup(name);
}

static char *make_siginfo(struct session *s, const char *annex, size_t *n)
{
	const struct debug_thread *t = thread_general(s);

	return t && !*annex ? make_bytes(s, debug_siginfo, t->tid, n) : NULL;
}

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
	const struct debug_thread *t = threads_all(s, &count);
	char *text;
	FILE *out = *annex ? NULL : open_memstream(&text, n);

	if (!out)
		return NULL;
	fputs("<?xml version=\"1.0\"?>\n<threads>\n", out);
	for (size_t i = 0; i < count; i++)
		if (process_shown(s, t[i].pid))
			describe_thread(out, s, &t[i]);
	fputs("</threads>\n", out);
	return fclose(out) ? NULL : text;
}

static char *make_libraries(struct session *s, const char *annex, size_t *n)
{
	const struct debug_thread *t = thread_general(s);

	(void)annex;
	return t ? libraries_document(s, t->tid, n) : NULL;
}

/* All that a program's addresses can be (Documentation/arch/x86/x86_64/mm.rst), and the vsyscall
 * page: what of it is mapped changes, which gdb does not ask again for, and is told when it is
 * read. */
static char *make_memory_map(struct session *s, const char *annex, size_t *n)
{
	static const char text[] =
		"<?xml version=\"1.0\"?>\n<memory-map>\n"
		"<memory type=\"ram\" start=\"0\" length=\"0x800000000000\"/>\n"
		"<memory type=\"ram\" start=\"0xffffffffff600000\" length=\"0x1000\"/>\n"
		"</memory-map>\n";

	(void)s;
	*n = sizeof(text) - 1;
	return *annex ? NULL : xstrdup(text);
}

static const struct {
	const char *object;
	document_maker *make;
} objects[] = {
	{":features:read:", make_features},     {":auxv:read:", make_auxv},
	{":exec-file:read:", make_exec_file},   {":siginfo:read:", make_siginfo},
	{":threads:read:", make_threads},       {":libraries-svr4:read:", make_libraries},
	{":memory-map:read:", make_memory_map},
};

/* A client asks for one piece after another of the same document: made at the first, it stays as it
 * was. */
static bool document_load(struct session *s, document_maker *make, const char *name,
			  const char *annex, bool again)
{
	if (again && s->document_name && !strcmp(s->document_name, name))
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

void xfer(struct session *s, struct cursor *in)
{
	const char *name = in->p;
	document_maker *make = NULL;
	uint64_t offset, len;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(objects) && !make; i++)
		if (take_word(in, objects[i].object))
			make = objects[i].make;
	if (!make)
		return;
	const char *annex = take_until(in, ':', &n);
	char *key = xasprintf("%.*s", (int)(in->p - name), name),
	     *annex_text = xasprintf("%.*s", (int)n, annex);
	if (!take_range(in, &offset, &len) || !at_end(in))
		reply_error(s, EINVAL);
	else if (!document_load(s, make, key, annex_text, offset > 0))
		reply_error(s, 0);
	else
		reply_part(s, s->document, s->ndocument, offset, len);
	free(key);
	free(annex_text);
}
