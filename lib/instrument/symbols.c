/* Marks what symbols and relocations say about addresses in the text. */
#include "arch/arch.h"
#include "instrument/rewrite.h"

#include <string.h>

#define TABLE_MAX (1ull << 28) /* bytes of a symbol or relocation table */

static void vaddr_mark(struct rewrite *rw, uint64_t vaddr)
{
	if (rewrite_in_text(rw, vaddr - rw->lo))
		label_mark(rw, vaddr - rw->lo);
}

/* The value of a dynamic section's entry; 0: none. */
static uint64_t dynamic_get(const struct rewrite *rw, int64_t tag)
{
	for (unsigned i = 0; i < rw->eh.e_phnum; i++) {
		if (rw->ph[i].p_type != PT_DYNAMIC)
			continue;
		uint64_t at = rw->ph[i].p_vaddr - rw->lo;
		for (uint64_t n = rw->ph[i].p_memsz / 16; n-- && at < rw->len; at += 16) {
			int64_t t = rewrite_elf_u64(rw, at);
			if (t == tag)
				return rewrite_elf_u64(rw, at + 8);
			if (t == DT_NULL)
				break;
		}
	}
	return 0;
}

/* The image at vaddr as a table of *n whole entries of `size` bytes, in at most `len` bytes. */
static const void *image_table(const struct rewrite *rw, uint64_t vaddr, uint64_t len, size_t size,
			       size_t *n)
{
	uint64_t off = vaddr - rw->lo;

	*n = 0;
	if (!vaddr || off >= rw->len || len > rw->len - off)
		return NULL;
	*n = len / size;
	return rw->img + off;
}

typedef void symbol_fn(struct rewrite *rw, const Elf64_Sym *sym);

static void symbols_each(struct rewrite *rw, symbol_fn *fn)
{
	bool dynsym = false;

	for (unsigned i = 0; rw->sh && i < rw->eh.e_shnum; i++) {
		const Elf64_Shdr *sh = &rw->sh[i];
		if (sh->sh_type != SHT_SYMTAB && sh->sh_type != SHT_DYNSYM)
			continue;
		size_t len;
		Elf64_Sym *syms = rewrite_section_read(rw, sh, TABLE_MAX, &len);
		for (size_t k = 0; k < len / sizeof(*syms); k++)
			fn(rw, &syms[k]);
		dynsym |= syms && sh->sh_type == SHT_DYNSYM;
		free(syms);
	}
	uint64_t symtab = dynamic_get(rw, DT_SYMTAB), strtab = dynamic_get(rw, DT_STRTAB);
	if (dynsym || strtab <= symtab)
		return;
	/* Without sections the number of symbols is not known, but linkers put the strings after
	 * them. */
	size_t n;
	const char *syms = image_table(rw, symtab, strtab - symtab, sizeof(Elf64_Sym), &n);
	for (size_t k = 0; k < n; k++) {
		Elf64_Sym sym;
		memcpy(&sym, syms + k * sizeof(sym), sizeof(sym));
		fn(rw, &sym);
	}
}

static void symbol_mark(struct rewrite *rw, const Elf64_Sym *sym)
{
	unsigned type = ELF64_ST_TYPE(sym->st_info);

	if (sym->st_shndx != SHN_UNDEF && type != STT_SECTION && type != STT_FILE &&
	    type != STT_TLS)
		vaddr_mark(rw, sym->st_value);
}

void rewrite_symbols_mark(struct rewrite *rw)
{
	symbols_each(rw, symbol_mark);
	vaddr_mark(rw, dynamic_get(rw, DT_INIT));
	vaddr_mark(rw, dynamic_get(rw, DT_FINI));
}

static void symbol_func(struct rewrite *rw, const Elf64_Sym *sym)
{
	unsigned type = ELF64_ST_TYPE(sym->st_info);
	uint64_t start = sym->st_value - rw->lo;

	if (sym->st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_GNU_IFUNC) ||
	    !sym->st_size)
		return;
	if (sym->st_size < rw->len && rewrite_in_text(rw, start) &&
	    rewrite_in_text(rw, start + sym->st_size - 1))
		*VEC_ADD(&rw->funcs) = (struct func){.start = start, .end = start + sym->st_size};
}

void rewrite_symbols_funcs(struct rewrite *rw)
{
	symbols_each(rw, symbol_func);
}

static uint64_t symbol_value(const struct rewrite *rw, uint64_t symtab, uint32_t index)
{
	Elf64_Sym sym;
	uint64_t off = symtab - rw->lo + (uint64_t)index * sizeof(sym);

	if (!symtab || off >= rw->len || rw->len - off < sizeof(sym))
		return 0;
	memcpy(&sym, rw->img + off, sizeof(sym));
	return sym.st_value;
}

static void relas_mark(struct rewrite *rw, const char *table, size_t n, uint64_t symtab)
{
	for (size_t i = 0; i < n; i++) {
		Elf64_Rela rela;
		memcpy(&rela, table + i * sizeof(rela), sizeof(rela));
		uint32_t sym = ELF64_R_SYM(rela.r_info);
		/* Until a function is bound, its slot holds the address of a stub. */
		if (ELF64_R_TYPE(rela.r_info) == ARCH_RELOC_JUMP_SLOT)
			vaddr_mark(rw, rewrite_elf_u64(rw, rela.r_offset - rw->lo));
		vaddr_mark(rw, sym ? symbol_value(rw, symtab, sym) + rela.r_addend
				   : (uint64_t)rela.r_addend);
	}
}

/* Relative relocations as bitmaps of their addresses (generic ABI, SHT_RELR). The addends are in
 * place. */
static void relr_mark(struct rewrite *rw, const char *table, size_t n)
{
	uint64_t base = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t w;
		memcpy(&w, table + i * 8, 8);
		if (!(w & 1)) {
			vaddr_mark(rw, rewrite_elf_u64(rw, w - rw->lo));
			base = w + 8;
			continue;
		}
		for (unsigned k = 0; k < 63; k++)
			if (w >> (k + 1) & 1)
				vaddr_mark(rw, rewrite_elf_u64(rw, base - rw->lo + 8 * k));
		base += 63 * 8;
	}
}

void rewrite_relocs_mark(struct rewrite *rw)
{
	uint64_t symtab = dynamic_get(rw, DT_SYMTAB);
	const void *table;
	size_t n;

	table = image_table(rw, dynamic_get(rw, DT_RELA), dynamic_get(rw, DT_RELASZ),
			    sizeof(Elf64_Rela), &n);
	relas_mark(rw, table, n, symtab);
	table = image_table(rw, dynamic_get(rw, DT_JMPREL), dynamic_get(rw, DT_PLTRELSZ),
			    sizeof(Elf64_Rela), &n);
	relas_mark(rw, table, n, symtab);
	table = image_table(rw, dynamic_get(rw, DT_RELR), dynamic_get(rw, DT_RELRSZ), 8, &n);
	relr_mark(rw, table, n);
	/* Static programs relocate themselves by sections that no dynamic section names. */
	for (unsigned i = 0; rw->sh && i < rw->eh.e_shnum; i++) {
		const Elf64_Shdr *sh = &rw->sh[i];
		if (sh->sh_type == SHT_RELA && (sh->sh_flags & SHF_ALLOC)) {
			table = image_table(rw, sh->sh_addr, sh->sh_size, sizeof(Elf64_Rela), &n);
			relas_mark(rw, table, n, symtab);
		}
	}
}
