#include "pack/pack.h"

#include "pack/transform.h"
#include "trace/error.h"
#include "util/alloc.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int pack_trace(const char *trace, const struct pack_options *o)
{
	struct transform tr;

	if (!o->output && !o->into)
		return pack_in_place(trace, o);
	int rc = pack_transform_begin(&tr, trace, o);
	if (!rc && trace_reader_live(tr.r))
		rc = trace_fail("%s: being written to", trace_reader_dir(tr.r));
	if (!rc)
		rc = o->into ? pack_to_directory(&tr) : pack_to_archive(&tr);
	if (!rc)
		pack_transform_report(&tr);
	pack_transform_end(&tr);
	return rc;
}

static uint64_t bytes_of(const struct item *it)
{
	uint64_t n = 0;

	for (size_t i = 0; i < it->where.n; i++) {
		uint64_t to = it->where.v[i].to;
		n += (to < it->size ? to : it->size) - it->where.v[i].from;
	}
	return n;
}

int pack_print_plan(const char *trace, const struct pack_options *o, FILE *out)
{
	struct file_plan p = {0};
	struct trace_reader *r = trace_open(trace, false);
	uint64_t total = 0;

	if (!r)
		return -1;
	int rc = pack_plan_make(&p, r, o);
	for (size_t i = 0; rc == 0 && i < p.n; i++) {
		const struct item *it = p.items[i];
		if (!it->name[0] && !it->needed)
			continue;
		uint64_t bytes = it->name[0] ? bytes_of(it) : it->size;
		if (it->state == ITEM_ADD)
			total += bytes;
		char *path = xstrdup(it->path);
		text_make_plain(path);
		fprintf(out, "%s\t%" PRIu64 "\t%s\t%s\n", pack_item_state_names[it->state], bytes,
			it->name[0] ? it->name : "-", path);
		free(path);
	}
	if (rc == 0) {
		fprintf(out, "total\t%" PRIu64 "\t-\tto be added\n", total);
		rc = pack_plan_complete(&p);
	}
	pack_plan_free(&p);
	trace_reader_close(r);
	return rc;
}
