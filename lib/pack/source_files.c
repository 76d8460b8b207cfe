#include "pack/debuginfo.h"
#include "pack/file_plan.h"
#include "trace/error.h"
#include "util/alloc.h"
#include "util/text.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void source_add(void *tree, const char *source)
{
	char *text = xstrdup(source);
	char **there = tsearch(text, tree, by_text);

	if (!there || *there != text)
		free(text);
}

static void source_print(const void *node, VISIT visit, void *out)
{
	if (visit != postorder && visit != leaf)
		return;
	char *text = xstrdup(*(char *const *)node);
	text_make_plain(text);
	fprintf(out, "%s\n", text);
	free(text);
}

int pack_print_sources(const char *trace, const struct pack_options *o, FILE *out)
{
	struct pack_options with_debug = *o;
	struct file_plan p = {0};
	struct trace_reader *r = trace_open(trace, false);
	void *tree = NULL;
	int rc;

	if (!r)
		return -1;
	with_debug.debug = true;
	rc = pack_plan_make(&p, r, &with_debug);
	for (size_t i = 0; rc == 0 && i < p.n; i++) {
		int fd = p.items[i]->name[0] ? pack_item_open(&p, p.items[i]) : -1;
		if (fd < 0)
			continue;
		pack_debug_sources(fd, source_add, &tree);
		close(fd);
	}
	twalk_r(tree, source_print, out);
	tdestroy(tree, free);
	pack_plan_free(&p);
	trace_reader_close(r);
	return rc;
}
