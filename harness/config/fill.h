/* SPDX-License-Identifier: MIT */
/*
 * fill: options structs from mappings, as a field table says.
 *
 * Called by the readers of this folder and by whoever holds a filled struct and must release it.
 * Owns nothing; the strings in a filled struct are the struct's.
 */
#ifndef CONFIG_FILL_H
#define CONFIG_FILL_H

#include <stdio.h>

#include "base/err.h"
#include "config/doc.h"
#include "config/field.h"

/*
 * Fill options (zeroed by the caller) from a mapping; a scalar without text stands for an empty
 * mapping. Unknown keys, wrong types, values out of range and missing required keys are usage
 * errors with their place. On failure the struct may hold some strings: release it all the same.
 */
int fill_mapping(const struct doc *doc, const struct doc_node *node, const struct field *fields,
		 void *options, struct err *err);
/* One value. */
int fill_value(const struct doc *doc, const struct doc_node *node, const struct field *field,
	       void *options, struct err *err);
void fill_release(const struct field *fields, void *options);
/* The word among n that was probably meant, NULL: none is near. */
const char *fill_nearest(const char *word, const char *const *words, size_t n);
/* One line a field: name, type, bounds, default, help. */
void fill_schema(FILE *f, const char *indent, const struct field *fields);

#endif
