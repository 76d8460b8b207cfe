#include "pack/debuginfo.h"

#include "pack/file_plan.h"
#include "util/alloc.h"
#include "util/host.h"
#include "util/size.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEBUG_DIR "/usr/lib/debug"

/* --- finding the file --- */

/* The path, or NULL if no plain file can be read there. */
static char *if_there(char *path)
{
	int fd = host_open(path);

	if (fd >= 0) {
		close(fd);
		return path;
	}
	free(path);
	return NULL;
}

static char *by_build_id(Elf *elf, const char *dir)
{
	const void *bytes;
	ssize_t n = dwelf_elf_gnu_build_id(elf, &bytes);
	char hex[2 * 64 + 1];

	if (n < 2 || n > 64)
		return NULL;
	for (ssize_t i = 0; i < n; i++)
		sprintf(hex + 2 * i, "%02x", ((const uint8_t *)bytes)[i]);
	return if_there(xasprintf("%s/.build-id/%.2s/%s.debug", dir, hex, hex + 2));
}

/* The link holds the checksum of the file that it names. */
static bool has_crc(const char *path, GElf_Word want)
{
	int fd = host_open(path);
	uint64_t size;
	uint32_t crc;
	bool has = fd >= 0 && !file_crc32(fd, &size, &crc) && crc == want;

	if (fd >= 0)
		close(fd);
	return has;
}

static char *by_link(Elf *elf, const char *path, const char *dir)
{
	GElf_Word crc;
	const char *link = dwelf_elf_gnu_debuglink(elf, &crc), *slash = strrchr(path, '/');
	int len = slash ? (int)(slash - path) : 0;

	if (!link || !*link || strchr(link, '/'))
		return NULL;
	char *places[] = {xasprintf("%.*s/%s", len, path, link),
			  xasprintf("%.*s/.debug/%s", len, path, link),
			  xasprintf("%s%.*s/%s", dir, len, path, link)};
	char *found = NULL;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (!found && has_crc(places[i], crc))
			found = places[i];
		else
			free(places[i]);
	}
	return found;
}

char *pack_debug_file(int fd, const char *path, const char *dir)
{
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	char *found = NULL;

	if (!elf)
		return NULL;
	dir = dir ? dir : DEBUG_DIR;
	if (elf_kind(elf) == ELF_K_ELF && !(found = by_build_id(elf, dir)))
		found = by_link(elf, path, dir);
	elf_end(elf);
	return found;
}

/* --- source files --- */

static void unit_sources(Dwarf_Die *unit, void (*fn)(void *ctx, const char *source), void *ctx)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	size_t n;
	const char *dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));

	if (dwarf_getsrcfiles(unit, &files, &n))
		return;
	for (size_t i = 1; i < n; i++) {
		const char *name = dwarf_filesrc(files, i, NULL, NULL);
		/* not a file, but a name that the compiler made up */
		if (!name || name[0] == '<' || strcmp(name, "???") == 0)
			continue;
		char *whole =
			name[0] == '/' || !dir ? xstrdup(name) : xasprintf("%s/%s", dir, name);
		fn(ctx, whole);
		free(whole);
	}
}

void pack_debug_sources(int fd, void (*fn)(void *ctx, const char *source), void *ctx)
{
	Dwarf *dw = dwarf_begin(fd, DWARF_C_READ);
	Dwarf_Off at = 0, next;
	size_t header;
	Dwarf_Die unit;

	for (; dw && dwarf_nextcu(dw, at, &next, &header, NULL, NULL, NULL) == 0; at = next)
		if (dwarf_offdie(dw, at + header, &unit))
			unit_sources(&unit, fn, ctx);
	if (dw)
		dwarf_end(dw);
}
