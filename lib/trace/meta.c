#include "trace/meta.h"

#include "util/alloc.h"
#include "util/array.h"
#include "util/deflate.h"
#include "util/size.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- writing ---- */

/* `value` may be NULL: the key is left out. */
static void put_text(FILE *f, const char *key, const char *value)
{
	if (value)
		fprintf(f, "%s=%s%c", key, value, 0);
}

static void put_list(FILE *f, const char *key, char *const *list)
{
	for (; list && *list; list++)
		put_text(f, key, *list);
}

char *meta_format(const struct trace_meta *m, const char *uuid, size_t *len)
{
	char *text;
	FILE *f = open_memstream(&text, len);

	if (!f)
		return NULL;
	fprintf(f, "format=%d%cuuid=%s%c", TRACE_FORMAT, 0, uuid, 0);
	put_text(f, "exe", m->exe);
	put_text(f, "cwd", m->cwd);
	put_list(f, "argv", m->argv);
	put_list(f, "env", m->envp);
	put_text(f, "kernel", m->kernel);
	put_text(f, "cpu_model", m->cpu_model);
	fprintf(f, "cpu=%d%cpage_size=%u%c", m->cpu, 0, m->page_size, 0);
	for (unsigned i = 0; i < m->nleaves; i++) {
		const uint32_t *l = m->leaves[i];
		fprintf(f, "leaf=%x %x %x %x %x %x%c", l[0], l[1], l[2], l[3], l[4], l[5], 0);
	}
	put_text(f, "counter", m->counter);
	fflush(f);
	fprintf(f, "crc32=%08x%c", crc32_add(0, text, *len), 0);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

/* --- reading ---- */

enum key_type { KEY_TEXT, KEY_LIST, KEY_INT, KEY_UINT, KEY_LEAF };

static const struct key {
	const char *name;
	enum key_type type;
	size_t offset;
} keys[] = {
	{"exe", KEY_TEXT, offsetof(struct trace_meta, exe)},
	{"cwd", KEY_TEXT, offsetof(struct trace_meta, cwd)},
	{"argv", KEY_LIST, offsetof(struct trace_meta, argv)},
	{"env", KEY_LIST, offsetof(struct trace_meta, envp)},
	{"kernel", KEY_TEXT, offsetof(struct trace_meta, kernel)},
	{"cpu_model", KEY_TEXT, offsetof(struct trace_meta, cpu_model)},
	{"counter", KEY_TEXT, offsetof(struct trace_meta, counter)},
	{"cpu", KEY_INT, offsetof(struct trace_meta, cpu)},
	{"page_size", KEY_UINT, offsetof(struct trace_meta, page_size)},
	{"leaf", KEY_LEAF, offsetof(struct trace_meta, leaves)},
};

static const struct key *key_find(const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strlen(keys[i].name) == len && memcmp(keys[i].name, text, len) == 0)
			return &keys[i];
	return NULL;
}

static bool leaf_parse(struct trace_meta *m, const char *text)
{
	uint32_t *l = *ARRAY_ADD(m->leaves, m->nleaves);
	int n = 0;

	if (sscanf(text, "%8x %8x %8x %8x %8x %8x%n", &l[0], &l[1], &l[2], &l[3], &l[4], &l[5],
		   &n) != 6 ||
	    text[n])
		return false;
	return true;
}

static bool number_parse(void *member, enum key_type type, const char *text)
{
	char *end;

	errno = 0;
	long v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < INT32_MIN || v > INT32_MAX ||
	    (type == KEY_UINT && v < 0))
		return false;
	*(int *)member = (int)v;
	return true;
}

static bool value_store(struct trace_meta *m, const struct key *k, const char *value,
			size_t *counts)
{
	void *member = (char *)m + k->offset;

	switch (k->type) {
	case KEY_TEXT:
		free(*(char **)member);
		*(char **)member = xstrdup(value);
		return true;
	case KEY_LIST: {
		char **list = *(char ***)member;
		size_t *n = &counts[k - keys]; /* without the NULL that ends it */
		*ARRAY_ADD(list, *n) = xstrdup(value);
		*ARRAY_ADD(list, *n) = NULL;
		--*n;
		*(char ***)member = list;
		return true;
	}
	case KEY_LEAF: return leaf_parse(m, value);
	default: return number_parse(member, k->type, value);
	}
}

/* Replaces NULL members by empty values, so that no caller must check for NULL. */
static void meta_fill(struct trace_meta *m)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		void **member = (void *)((char *)m + keys[i].offset);
		if (keys[i].type == KEY_TEXT && !*member)
			*member = xstrdup("");
		else if (keys[i].type == KEY_LIST && !*member)
			*member = xcalloc(1, sizeof(char *));
	}
}

static const char *format_check(const char *text)
{
	static char why[80];
	unsigned format;

	if (sscanf(text, "format=%9u", &format) != 1)
		return "not the args_env of a trace";
	if (format == TRACE_FORMAT)
		return NULL;
	snprintf(why, sizeof(why), "format %u, this program reads %d", format, TRACE_FORMAT);
	return why;
}

/* The checksum is the last entry and covers all before it. */
static const char *checksum_check(const char *text, size_t len)
{
	static const size_t last = sizeof("crc32=xxxxxxxx");
	char want[sizeof("crc32=xxxxxxxx")];

	if (len < last || text[len - 1])
		return "cut short";
	uint32_t crc = crc32_add(0, text, len - last);
	snprintf(want, sizeof(want), "crc32=%08x", crc);
	return memcmp(text + len - last, want, last) ? "wrong checksum" : NULL;
}

const char *meta_parse(const char *text, size_t len, struct trace_meta *m, char *uuid)
{
	size_t counts[ARRAY_LEN(keys)] = {0};
	const char *why;

	memset(m, 0, sizeof(*m));
	*uuid = 0;
	if (!len || !memchr(text, 0, len))
		return "cut short";
	if ((why = format_check(text)) || (why = checksum_check(text, len)))
		return why;
	for (const char *p = text, *end = text + len; p < end; p += strlen(p) + 1) {
		const char *eq = strchr(p, '=');
		if (!eq)
			return "an entry without a value";
		const struct key *k = key_find(p, (size_t)(eq - p));
		if (k && !value_store(m, k, eq + 1, counts))
			return "a value that can't be read";
		if (strncmp(p, "uuid=", 5) == 0 && strlen(p + 5) == UUID_LEN)
			memcpy(uuid, p + 5, UUID_LEN + 1);
	}
	meta_fill(m);
	return *uuid ? NULL : "no UUID";
}

void trace_meta_free(struct trace_meta *m)
{
	for (char **p = m->argv; p && *p; p++)
		free(*p);
	for (char **p = m->envp; p && *p; p++)
		free(*p);
	free(m->argv);
	free(m->envp);
	free(m->exe);
	free(m->cwd);
	free(m->kernel);
	free(m->cpu_model);
	free(m->leaves);
	free(m->counter);
	memset(m, 0, sizeof(*m));
}
