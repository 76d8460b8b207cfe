#include "util/build_id.h"

#include "util/file_io.h"
#include "util/size.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

static bool find_note(const uint8_t *notes, size_t n, uint8_t id[BUILD_ID_LEN])
{
	Elf64_Nhdr h;

	for (size_t at = 0; at + sizeof(h) + 4 <= n;) {
		memcpy(&h, notes + at, sizeof(h));
		size_t desc = at + sizeof(h) + ((h.n_namesz + 3ul) & ~3ul);
		size_t next = desc + ((h.n_descsz + 3ul) & ~3ul);
		if (next > n)
			return false;
		if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == 4 &&
		    !memcmp(notes + at + sizeof(h), "GNU", 4)) {
			memcpy(id, notes + desc,
			       h.n_descsz < BUILD_ID_LEN ? h.n_descsz : BUILD_ID_LEN);
			return true;
		}
		at = next;
	}
	return false;
}

void build_id_read(int fd, uint8_t id[BUILD_ID_LEN])
{
	Elf64_Ehdr e;
	Elf64_Phdr p[64];
	uint8_t notes[4096];

	memset(id, 0, BUILD_ID_LEN);
	if (pread_all(fd, &e, sizeof(e), 0) != sizeof(e) || memcmp(e.e_ident, ELFMAG, SELFMAG) ||
	    e.e_phentsize != sizeof(*p))
		return;
	size_t n = e.e_phnum < ARRAY_LEN(p) ? e.e_phnum : ARRAY_LEN(p);
	ssize_t got = pread_all(fd, p, n * sizeof(*p), e.e_phoff);
	for (size_t i = 0; got > 0 && i < (size_t)got / sizeof(*p); i++) {
		if (p[i].p_type != PT_NOTE)
			continue;
		size_t want = p[i].p_filesz < sizeof(notes) ? p[i].p_filesz : sizeof(notes);
		ssize_t k = pread_all(fd, notes, want, p[i].p_offset);
		if (k > 0 && find_note(notes, (size_t)k, id))
			return;
	}
}
