#include "instrument/prepare.h"

#include "arch/arch.h"
#include "instrument/image.h"
#include "util/file_io.h"

#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether it is a program or shared object of this machine. */
static bool is_candidate(int fd)
{
	Elf64_Ehdr e;

	return pread_all(fd, &e, sizeof(e), 0) == sizeof(e) &&
	       !memcmp(e.e_ident, ELFMAG, SELFMAG) && e.e_ident[EI_CLASS] == ELFCLASS64 &&
	       e.e_machine == ARCH_ELF_MACHINE && (e.e_type == ET_EXEC || e.e_type == ET_DYN);
}

static void result_print(const char *path, const struct code_image *img, const char *why)
{
	if (img)
		printf("%s: %lu sites rewritten, %u left alone, %lu system calls\n", path,
		       (unsigned long)img->h->sites.count, img->h->left_alone,
		       (unsigned long)img->h->syscalls.count);
	else
		printf("%s: not rewritten: %s\n", path, why);
}

/* Rewrites an ELF file. False with errno: it could not be kept. */
static bool elf_prepare(const char *path, int fd, bool verbose)
{
	uint8_t id[BUILD_ID_LEN];
	const char *why;

	build_id_read(fd, id);
	struct code_image *img = code_cache_get(fd, id, &why);
	if (!img && !why)
		return false;
	bool kept = !code_cache_keep(fd, id);
	int error = errno;
	if (kept && verbose)
		result_print(path, img, why);
	code_image_close(img);
	errno = error;
	return kept;
}

static bool file_prepare(const char *path, bool verbose)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool good = fd >= 0 && (!is_candidate(fd) || elf_prepare(path, fd, verbose));

	if (!good)
		warn("%s", path);
	if (fd >= 0)
		close(fd);
	return good;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

bool code_prepare(char *const *paths, bool verbose)
{
	bool good = true;

	if (!code_cache_is_usable()) {
		warnx("there is no directory for rewritten code that only this user can write to; see ENVIRONMENT in rr-record(1)");
		return false;
	}
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR | FTS_XDEV, by_name);
	if (!tree)
		err(125, "fts_open");
	for (FTSENT *e; (e = fts_read(tree));) {
		switch (e->fts_info) {
		case FTS_F: good &= file_prepare(e->fts_path, verbose); break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			warnx("%s: %s", e->fts_path, strerror(e->fts_errno));
			good = false;
			break;
		}
	}
	fts_close(tree);
	code_cache_tidy();
	return good;
}
