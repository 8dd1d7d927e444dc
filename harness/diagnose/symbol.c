/* SPDX-License-Identifier: MIT */
#include "diagnose/symbol.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libiberty/demangle.h>
#undef ARRAY_SIZE /* libiberty brings one of its own */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

#define SYMBOLS_MAX  (4u << 20)
#define NAME_MAX_LEN 2048 /* of a mangled name: the demangler recurses */

struct entry {
	uint64_t address, size;
	size_t name; /* in the string table */
};

struct symbol_file {
	int fd;
	Elf *elf;
	Dwarf *dwarf;
	bool tried_symbols, tried_dwarf;
	size_t strings;	       /* section of the names */
	struct entry *entries; /* sorted by address, one for each address */
	size_t n;
};

static bool is_x86_64(Elf *elf)
{
	GElf_Ehdr head;

	return elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &head) &&
	       head.e_machine == EM_X86_64 && head.e_ident[EI_CLASS] == ELFCLASS64;
}

int symbol_open(const char *kernel, struct symbol_file **ret_file, struct err *err)
{
	struct symbol_file *f;
	_autoclose_ int fd = open(kernel, O_RDONLY | O_CLOEXEC);
	Elf *elf;

	if (fd < 0)
		return err_errno(err, errno, "%s", kernel);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!is_x86_64(elf)) {
		elf_end(elf);
		return err_set(err, ENOEXEC, "%s: no ELF file for x86-64, so no symbols", kernel);
	}
	f = xcalloc(1, sizeof(*f));
	f->fd = TAKE_FD(fd);
	f->elf = elf;
	*ret_file = f;
	return 0;
}

void symbol_close(struct symbol_file *f)
{
	if (!f)
		return;
	dwarf_end(f->dwarf);
	elf_end(f->elf);
	close(f->fd);
	free(f->entries);
	free(f);
}

/* By address; of several at one address the longest first: it is the function, not a label. */
static int by_address(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return a->size > b->size ? -1 : a->size < b->size;
}

static bool is_code(const GElf_Sym *sym)
{
	int type = GELF_ST_TYPE(sym->st_info);

	return sym->st_value && sym->st_shndx != SHN_UNDEF &&
	       (type == STT_FUNC || type == STT_NOTYPE || type == STT_GNU_IFUNC);
}

static bool in_text(struct symbol_file *f, const GElf_Sym *sym)
{
	Elf_Scn *section = sym->st_shndx < SHN_LORESERVE ? elf_getscn(f->elf, sym->st_shndx) : NULL;
	GElf_Shdr head;

	return section && gelf_getshdr(section, &head) && (head.sh_flags & SHF_EXECINSTR);
}

static void read_table(struct symbol_file *f, Elf_Scn *section, const GElf_Shdr *head)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = head->sh_entsize ? head->sh_size / head->sh_entsize : 0;
	GElf_Sym sym;

	if (!data || n > SYMBOLS_MAX)
		return;
	f->strings = head->sh_link;
	f->entries = xreallocarray(NULL, n ? n : 1, sizeof(*f->entries));
	for (size_t i = 0; i < n; i++) {
		if (!gelf_getsym(data, (int)i, &sym) || !is_code(&sym) || !in_text(f, &sym))
			continue;
		f->entries[f->n++] = (struct entry){sym.st_value, sym.st_size, sym.st_name};
	}
	qsort(f->entries, f->n, sizeof(*f->entries), by_address);
}

static void read_symbols(struct symbol_file *f)
{
	Elf_Scn *section = NULL;
	GElf_Shdr head;

	if (f->tried_symbols)
		return;
	f->tried_symbols = true;
	while ((section = elf_nextscn(f->elf, section)))
		if (gelf_getshdr(section, &head) && head.sh_type == SHT_SYMTAB) {
			read_table(f, section, &head);
			return;
		}
}

/* The last entry at or below the address that reaches it. */
static const struct entry *find_entry(const struct symbol_file *f, uint64_t address)
{
	size_t low = 0, high = f->n, mid;
	const struct entry *e;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (f->entries[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	e = &f->entries[low - 1];
	while (e > f->entries && e[-1].address == e->address)
		e--;
	if (e->size)
		return address - e->address < e->size ? e : NULL;
	/* Written by hand, without a size: it goes up to the next one. */
	return low < f->n ? e : NULL;
}

static void copy(char *to, size_t size, const char *from)
{
	size_t n = strnlen(from, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}

static void name_entry(struct symbol_file *f, const struct entry *e, struct symbol *s)
{
	const char *name = elf_strptr(f->elf, f->strings, e->name);
	_autofree_ char *plain = NULL;

	if (!name)
		return;
	/* Rust's first: its old names look like C++ with a hash at the end. */
	if (strnlen(name, NAME_MAX_LEN) < NAME_MAX_LEN)
		plain = rust_demangle(name, 0);
	if (!plain && strnlen(name, NAME_MAX_LEN) < NAME_MAX_LEN)
		plain = cplus_demangle_v3(name, DMGL_PARAMS | DMGL_ANSI);
	copy(s->function, sizeof(s->function), plain ? plain : name);
}

int symbol_function(struct symbol_file *f, uint64_t address, struct symbol *ret_symbol)
{
	struct symbol s = {0};
	const struct entry *e;

	read_symbols(f);
	e = find_entry(f, address);
	if (!e)
		return -ENOENT;
	s.offset = address - e->address;
	name_entry(f, e, &s);
	*ret_symbol = s;
	return 0;
}

/* Files are named from the build directory on, which is the unit's DW_AT_comp_dir. */
static const char *without_dir(Dwarf_Die *unit, const char *path)
{
	Dwarf_Attribute attr;
	const char *dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));
	size_t n = dir ? strlen(dir) : 0;

	if (n && strncmp(path, dir, n) == 0 && path[n] == '/')
		return path + n + 1;
	return path;
}

static bool find_line(struct symbol_file *f, uint64_t address, struct symbol *s)
{
	Dwarf_Die unit;
	Dwarf_Line *line;
	const char *path;
	int number;

	if (!f->tried_dwarf) {
		f->tried_dwarf = true;
		f->dwarf = dwarf_begin_elf(f->elf, DWARF_C_READ, NULL);
	}
	if (!f->dwarf || !dwarf_addrdie(f->dwarf, address, &unit))
		return false;
	line = dwarf_getsrc_die(&unit, address);
	path = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
	if (!path || dwarf_lineno(line, &number) != 0 || number < 0)
		return false;
	copy(s->file, sizeof(s->file), without_dir(&unit, path));
	s->line = (unsigned int)number;
	return true;
}

int symbol_lookup(struct symbol_file *f, uint64_t address, struct symbol *ret_symbol)
{
	struct symbol s = {0};
	bool named = symbol_function(f, address, &s) == 0;

	if (!find_line(f, address, &s) && !named)
		return -ENOENT;
	*ret_symbol = s;
	return 0;
}

/* What a trace calls an address is where a call returns to; "rip: 0x..." is where it is. */
static bool is_return(const char *line, const char *at)
{
	static const char word[] = "address:";
	size_t n = sizeof(word) - 1;

	return (size_t)(at - line) >= n && memcmp(at - n, word, n) == 0;
}

/* The first address of the kernel's code in a line; false: none. */
static bool address_in(struct symbol_file *f, const char *line, size_t n, struct symbol *s)
{
	const char *p = line, *end = line + n;
	char *stop;
	uint64_t v;

	while ((p = memmem(p, (size_t)(end - p), "0x", 2))) {
		errno = 0;
		v = strtoull(p + 2, &stop, 16);
		if (stop - p > 9 && stop <= end && !errno && v &&
		    symbol_lookup(f, v - is_return(line, p), s) == 0)
			return true;
		p += 2;
	}
	return false;
}

void symbol_annotate(struct symbol_file *f, const char *text, struct strbuf *out)
{
	const char *lf;
	struct symbol s;

	for (; *text; text = *lf ? lf + 1 : lf) {
		size_t n = strcspn(text, "\n");

		lf = text + n;
		strbuf_add(out, text, n);
		if (address_in(f, text, n, &s)) {
			strbuf_addstr(out, "  <-");
			if (*s.function && !memmem(text, n, s.function, strlen(s.function)))
				strbuf_addf(out, " %s", s.function);
			if (*s.file)
				strbuf_addf(out, " at %s", s.file);
			if (s.line)
				strbuf_addf(out, ":%u", s.line);
		}
		if (*lf)
			strbuf_addch(out, '\n');
	}
}
