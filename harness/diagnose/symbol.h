/* SPDX-License-Identifier: MIT */
/*
 * symbol: address in a kernel -> function, file and line, from the kernel's ELF file, offline.
 *
 * Owns the open file. The one user of libdw (and of libiberty, for the names Rust gives). Called by
 * step/ and cmd/. Never asks a network for debug data.
 *
 * Opening costs next to nothing; the symbol table is read at the first look-up, the debug data of
 * one compilation unit at the first look-up that needs it.
 */
#ifndef DIAGNOSE_SYMBOL_H
#define DIAGNOSE_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

struct symbol_file;

struct symbol {
	char function[256]; /* demangled, cut when longer; "" when no symbol covers the address */
	uint64_t offset;    /* of the address in the function */
	char file[192];	    /* as in the debug data, without the build directory; "": not known */
	unsigned int line;  /* 0: not known */
};

/* -ENOEXEC: no ELF file, or one for another machine (a bzImage, say, has no symbols). */
int symbol_open(const char *kernel, struct symbol_file **ret_file, struct err *err);
/* NULL is fine. */
void symbol_close(struct symbol_file *f);
/* 0, or -ENOENT: the address is in none of the kernel's code. For a return address pass one less.
 */
int symbol_lookup(struct symbol_file *f, uint64_t address, struct symbol *ret_symbol);
/* As symbol_lookup, without file and line: never touches the debug data. */
int symbol_function(struct symbol_file *f, uint64_t address, struct symbol *ret_symbol);
/*
 * Copy text, adding "  <- function at file:line" to each line that holds an address of the kernel's
 * code ("0x" and hexadecimal digits): the first of the line counts; behind "address:"
 * it is one that a call returns to. What a line says already (the
 * function's name) is not said again.
 */
void symbol_annotate(struct symbol_file *f, const char *text, struct strbuf *out);

#endif
