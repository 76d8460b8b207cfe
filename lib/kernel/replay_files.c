/* The files that the replayed program has mapped, in the state in which they were recorded. */
#include "kernel/handler.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/host.h"
#include "util/size.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_same(const struct replay_file *f, const struct trace_map *m)
{
	return f->size == m->size && f->mtime_ns == m->mtime_ns && f->object == m->object &&
	       !strcmp(f->path, m->path) && !strcmp(f->copy ? f->copy : "", m->copy);
}

void kernel_replay_file_note(struct replaying *rp, const struct trace_map *m)
{
	static const bool is_file[] = {[BACKING_FILE] = true,
				       [BACKING_COPY] = true,
				       [BACKING_DATA] = true,
				       [BACKING_OBJECT] = true};

	if (m->backing >= ARRAY_LEN(is_file) || !is_file[m->backing] || m->path[0] != '/')
		return;
	for (size_t i = 0; i < rp->own->nfiles; i++)
		if (is_same(&rp->own->files[i], m))
			return;
	*ARRAY_ADD(rp->own->files, rp->own->nfiles) =
		(struct replay_file){xstrdup(m->path), *m->copy ? xstrdup(m->copy) : NULL,
				     m->object, m->size, m->mtime_ns};
}

int kernel_replay_unchanged(struct replaying *rp, const char *path, uint64_t size, int64_t mtime_ns,
			    int open_flags)
{
	struct stat st;
	int fd = open(path, open_flags | O_CLOEXEC);

	if (fd < 0) {
		snprintf(rp->error, sizeof(rp->error),
			 "%s: was mapped in the recording, and cannot be opened: %s", path,
			 strerror(errno));
		text_make_plain(rp->error);
		return -1;
	}
	if (!fstat(fd, &st) && stat_is_file(&st, size, mtime_ns))
		return fd;
	close(fd);
	snprintf(rp->error, sizeof(rp->error), "%s: has changed since it was recorded", path);
	text_make_plain(rp->error);
	return -1;
}

int kernel_replay_file_open(struct replaying *rp, const char *path)
{
	for (size_t i = rp->own->nfiles; i-- > 0;) {
		const struct replay_file *f = &rp->own->files[i];
		if (strcmp(f->path, path) != 0)
			continue;
		int fd = f->copy ? trace_open_copy(rp->r, f->copy)
				 : kernel_replay_unchanged(rp, path, f->size, f->mtime_ns,
							   O_RDONLY | O_NONBLOCK);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

int kernel_replay_file_object(const struct replaying *rp, const char *path)
{
	for (size_t i = rp->own->nfiles; i-- > 0;)
		for (size_t j = 0; rp->own->files[i].object &&
				   !strcmp(rp->own->files[i].path, path) && j < rp->nobjects;
		     j++)
			if (rp->objects[j].id == rp->own->files[i].object)
				return rp->objects[j].fd;
	return -1;
}

const char *kernel_replay_file_name(const struct replaying *rp, const char *here)
{
	const char *base = strrchr(here, '/');

	for (size_t i = 0; base && i < rp->own->nfiles; i++)
		if (rp->own->files[i].copy && !strcmp(rp->own->files[i].copy, base + 1))
			return rp->own->files[i].path;
	return here;
}

void kernel_replay_files_free(struct replaying *rp)
{
	for (size_t i = 0; i < rp->own->nfiles; i++) {
		free(rp->own->files[i].path);
		free(rp->own->files[i].copy);
	}
	free(rp->own->files);
}
