/* This floor's state of a recording or replay. */
#include "kernel/handler.h"
#include "util/alloc.h"

#include <stdlib.h>

void kernel_recording_begin(struct recording *rec)
{
	rec->own = xcalloc(1, sizeof(*rec->own));
	kernel_served_begin(rec);
}

void kernel_recording_free(struct recording *rec)
{
	if (!rec->own)
		return;
	kernel_codes_free(rec);
	kernel_served_free(rec);
	for (size_t i = 0; i < rec->own->ncopies; i++)
		free(rec->own->copies[i].name);
	free(rec->own->copies);
	free(rec->own->status.text);
	free(rec->own->build_ids);
	free(rec->own->objects);
	free(rec->own);
	rec->own = NULL;
}

void kernel_replaying_begin(struct replaying *rp)
{
	rp->own = xcalloc(1, sizeof(*rp->own));
}

void kernel_replaying_free(struct replaying *rp)
{
	if (!rp->own)
		return;
	kernel_replay_fills_close(rp);
	kernel_replay_codes_free(rp);
	kernel_replay_files_free(rp);
	kernel_replay_objects_free(rp);
	free(rp->own->fills);
	free(rp->own);
	rp->own = NULL;
}
