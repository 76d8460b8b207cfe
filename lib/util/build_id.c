#include "util/build_id.h"

#include "util/file_io.h"
#include "util/host.h"

#include <elf.h>
#include <string.h>

static size_t find_note(const uint8_t *notes, size_t n, uint8_t id[BUILD_ID_MAX])
{
	Elf64_Nhdr h;

	for (size_t at = 0; at + sizeof(h) + 4 <= n;) {
		memcpy(&h, notes + at, sizeof(h));
		size_t desc = at + sizeof(h) + ((h.n_namesz + 3ul) & ~3ul);
		size_t next = desc + ((h.n_descsz + 3ul) & ~3ul);
		if (next > n)
			return 0;
		if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == 4 &&
		    !memcmp(notes + at + sizeof(h), "GNU", 4)) {
			size_t len = h.n_descsz < BUILD_ID_MAX ? h.n_descsz : BUILD_ID_MAX;
			memcpy(id, notes + desc, len);
			return len;
		}
		at = next;
	}
	return 0;
}

size_t build_id_read(int fd, uint8_t id[BUILD_ID_MAX])
{
	Elf64_Ehdr e;
	Elf64_Phdr p;
	uint8_t notes[4096];
	size_t len;

	if (pread_all(fd, &e, sizeof(e), 0) != sizeof(e) || memcmp(e.e_ident, ELFMAG, SELFMAG) ||
	    e.e_phentsize != sizeof(p))
		return 0;
	for (unsigned i = 0; i < e.e_phnum && i < 64; i++) {
		if (pread_all(fd, &p, sizeof(p), e.e_phoff + i * sizeof(p)) != sizeof(p))
			return 0;
		if (p.p_type != PT_NOTE)
			continue;
		size_t want = p.p_filesz < sizeof(notes) ? p.p_filesz : sizeof(notes);
		ssize_t n = pread_all(fd, notes, want, p.p_offset);
		if (n > 0 && (len = find_note(notes, (size_t)n, id)))
			return len;
	}
	return 0;
}
