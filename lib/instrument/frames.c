/* .eh_frame: where functions are, and where exceptions land in them.
 *
 * Formats: Linux Standard Base Core, "Exception Frames"; the language-specific data is GCC's, of
 * which only the table of call sites is needed.
 */
#include "instrument/rewrite.h"

#include <string.h>

#define NONE 0xff /* DW_EH_PE_omit */

/* Reads forwards in the image. Past the end everything is 0, and `bad` is set. */
struct cursor {
	const struct rewrite *rw;
	uint64_t at, end;
	bool bad;
};

/* The properties of a frame that its CIE gives. */
struct cie {
	uint8_t addr_enc, lsda_enc;
	bool augmented, known;
};

static uint64_t read_fixed(struct cursor *c, unsigned n)
{
	uint64_t v = 0;

	if (c->bad || c->at > c->end || c->end - c->at < n) {
		c->bad = true;
		return 0;
	}
	memcpy(&v, c->rw->img + c->at, n);
	c->at += n;
	return v;
}

static uint64_t read_leb(struct cursor *c, bool with_sign)
{
	uint64_t v = 0;

	for (unsigned shift = 0;; shift += 7) {
		uint8_t b = read_fixed(c, 1);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		if (shift > 70)
			c->bad = true;
		if (!(b & 0x80) || c->bad) {
			if (with_sign && (b & 0x40) && shift + 7 < 64)
				v |= ~0ull << (shift + 7);
			return v;
		}
	}
}

static uint64_t read_format(struct cursor *c, uint8_t enc)
{
	switch (enc & 0x0f) {
	case 0x00:
	case 0x04:
	case 0x0c: return read_fixed(c, 8);
	case 0x01: return read_leb(c, false);
	case 0x02: return read_fixed(c, 2);
	case 0x03: return read_fixed(c, 4);
	case 0x09: return read_leb(c, true);
	case 0x0a: return (int64_t)(int16_t)read_fixed(c, 2);
	case 0x0b: return (int64_t)(int32_t)read_fixed(c, 4);
	}
	c->bad = true;
	return 0;
}

/* An encoded pointer, as an offset from lo. UINT64_MAX: null, or of a kind that linkers do not use
 * here. */
static uint64_t read_pointer(struct cursor *c, uint8_t enc)
{
	uint64_t here = c->at;
	uint64_t v = read_format(c, enc);

	if (v == 0 || c->bad)
		return UINT64_MAX;
	switch (enc & 0xf0) {
	case 0x00: return v - c->rw->lo;
	case 0x10: return here + v;
	}
	return UINT64_MAX;
}

static struct cie cie_read(const struct rewrite *rw, uint64_t at, uint64_t end)
{
	struct cursor c = {.rw = rw, .at = at, .end = end};
	struct cie cie = {.addr_enc = 0, .lsda_enc = NONE};
	uint64_t len = read_fixed(&c, 4);

	if (len == UINT32_MAX)
		len = read_fixed(&c, 8);
	if (c.bad || len > c.end - c.at)
		return cie;
	c.end = c.at + len;
	if (read_fixed(&c, 4) != 0)
		return cie;
	uint8_t version = read_fixed(&c, 1);
	char aug[8] = "";
	for (unsigned i = 0; (aug[i] = read_fixed(&c, 1)); i++)
		if (i + 1 == sizeof(aug))
			return cie;
	if (version == 4)
		read_fixed(&c, 2);
	read_leb(&c, false);
	read_leb(&c, true);
	version == 1 ? read_fixed(&c, 1) : read_leb(&c, false);
	if (aug[0] == 'z')
		read_leb(&c, false);
	for (const char *p = aug; *p; p++) {
		switch (*p) {
		case 'z': cie.augmented = true; break;
		case 'R': cie.addr_enc = read_fixed(&c, 1); break;
		case 'L': cie.lsda_enc = read_fixed(&c, 1); break;
		case 'P': {
			uint8_t enc = read_fixed(&c, 1);
			read_format(&c, enc);
			break;
		}
		case 'S':
		case 'B': break;
		default: return cie;
		}
	}
	cie.known = !c.bad;
	return cie;
}

static void landing_pads_mark(struct rewrite *rw, uint64_t lsda, uint32_t func)
{
	struct cursor c = {.rw = rw, .at = lsda, .end = rw->len};
	uint64_t start = func;
	uint8_t enc = read_fixed(&c, 1);

	if (enc != NONE)
		start = read_pointer(&c, enc);
	if (read_fixed(&c, 1) != NONE)
		read_leb(&c, false);
	enc = read_fixed(&c, 1);
	uint64_t len = read_leb(&c, false);
	if (c.bad || len > c.end - c.at || len > rw->budget)
		return;
	rw->budget -= len;
	c.end = c.at + len;
	while (!c.bad && c.at < c.end) {
		read_format(&c, enc);
		read_format(&c, enc);
		uint64_t pad = read_format(&c, enc);
		read_leb(&c, false);
		if (!c.bad && pad && rewrite_in_text(rw, start + pad))
			target_mark(rw, start + pad);
	}
}

static void fde_read(struct rewrite *rw, struct cursor c, const struct cie *cie)
{
	uint64_t start = read_pointer(&c, cie->addr_enc);
	uint64_t len = read_format(&c, cie->addr_enc & 0x0f);

	if (c.bad || start == UINT64_MAX || !len || len > rw->len || !rewrite_in_text(rw, start) ||
	    !rewrite_in_text(rw, start + len - 1))
		return;
	*VEC_ADD(&rw->funcs) = (struct func){.start = start, .end = start + len};
	if (!cie->augmented || cie->lsda_enc == NONE)
		return;
	read_leb(&c, false);
	uint64_t lsda = read_pointer(&c, cie->lsda_enc);
	if (!c.bad && lsda < rw->len && !(cie->lsda_enc & 0x80))
		landing_pads_mark(rw, lsda, start);
}

static void eh_frame_read(struct rewrite *rw, uint64_t at, uint64_t end, bool to_zero)
{
	struct cursor c = {.rw = rw, .at = at, .end = end};
	struct cie cie = {0};
	uint64_t cie_at = UINT64_MAX;

	while (c.at < c.end) {
		uint64_t len = read_fixed(&c, 4);
		if (len == 0 && to_zero)
			return;
		if (len == UINT32_MAX)
			len = read_fixed(&c, 8);
		if (c.bad || len > c.end - c.at)
			return;
		if (len == 0)
			continue;
		struct cursor entry = {.rw = rw, .at = c.at, .end = c.at + len};
		c.at += len;
		uint64_t id_at = entry.at, id = read_fixed(&entry, 4);
		if (id == 0 || id > id_at)
			continue;
		if (id_at - id != cie_at) {
			cie_at = id_at - id;
			cie = cie_read(rw, cie_at, end);
		}
		if (cie.known)
			fde_read(rw, entry, &cie);
	}
}

/* The start of .eh_frame, from its header. */
static uint64_t eh_frame_hdr_start(const struct rewrite *rw, const Elf64_Phdr *p)
{
	struct cursor c = {.rw = rw, .at = p->p_vaddr - rw->lo, .end = rw->len};

	if (read_fixed(&c, 1) != 1)
		return UINT64_MAX;
	uint8_t enc = read_fixed(&c, 1);
	read_fixed(&c, 2);
	return read_pointer(&c, enc);
}

void rewrite_frames_read(struct rewrite *rw)
{
	bool found = false;

	for (unsigned i = 0; rw->sh && i < rw->eh.e_shnum; i++) {
		const Elf64_Shdr *sh = &rw->sh[i];
		uint64_t at = sh->sh_addr - rw->lo;
		if ((sh->sh_flags & SHF_ALLOC) && sh->sh_type != SHT_NOBITS && at < rw->len &&
		    sh->sh_size <= rw->len - at &&
		    !strcmp(rewrite_section_name(rw, sh), ".eh_frame")) {
			eh_frame_read(rw, at, at + sh->sh_size, false);
			found = true;
		}
	}
	for (unsigned i = 0; !found && i < rw->eh.e_phnum; i++) {
		if (rw->ph[i].p_type != PT_GNU_EH_FRAME)
			continue;
		uint64_t at = eh_frame_hdr_start(rw, &rw->ph[i]);
		if (at < rw->len)
			eh_frame_read(rw, at, rw->len, true);
	}
}
