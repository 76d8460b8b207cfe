/* Whether an address is in the code of the program or its libraries, by the dynamic linker's
 * list. */
#ifndef KNOWN_CODE_H
#define KNOWN_CODE_H

#include "check.h"

#include <link.h>
#include <stdint.h>

static struct {
	uintptr_t from, to;
} known[64];
static int nknown;

static int known_code_add(struct dl_phdr_info *info, size_t size, void *arg)
{
	int i;

	(void)size, (void)arg;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type != PT_LOAD || !(h->p_flags & PF_X))
			continue;
		CHECK(nknown < 64);
		known[nknown].from = info->dlpi_addr + h->p_vaddr;
		known[nknown++].to = info->dlpi_addr + h->p_vaddr + h->p_memsz;
	}
	return 0;
}

static inline void known_code_read(void)
{
	nknown = 0;
	dl_iterate_phdr(known_code_add, NULL);
	CHECK(nknown > 0);
}

static inline int is_known_code(uintptr_t address)
{
	int i;

	for (i = 0; i < nknown; i++)
		if (address >= known[i].from && address < known[i].to)
			return 1;
	return 0;
}

#endif
