/* SPDX-License-Identifier: MIT */
/*
 * doc: a YAML file as a tree that remembers lines and columns.
 *
 * Owns the tree. Called by the readers of this folder; the only file that knows the YAML library.
 * Reads a strict part of YAML: one document, no aliases, no tags, each key once, and ceilings on
 * size, depth and number of nodes.
 */
#ifndef CONFIG_DOC_H
#define CONFIG_DOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define DOC_MAX_BYTES (1u << 20)
#define DOC_MAX_DEPTH 16
#define DOC_MAX_NODES 20000
#define DOC_MAX_KEYS  256 /* in one mapping */

enum doc_kind { DOC_SCALAR, DOC_LIST, DOC_MAPPING };

struct doc_node {
	enum doc_kind kind;
	unsigned int line, column; /* from 1 */
	bool plain;		   /* scalar without quotes */
	char *text;		   /* scalar, never with a NUL inside */
	struct doc_node **items;   /* list: members; mapping: key, value, key, value, … */
	size_t n, cap;
};

struct doc {
	char *file; /* as it shall appear in messages */
	struct doc_node *root;
	size_t n_nodes;
};

/* Errors are of kind ERR_USAGE and read "file:line:column: message". */
int doc_parse(const char *file, const char *text, size_t n, struct doc **ret_doc, struct err *err);
int doc_load(const char *path, struct doc **ret_doc, struct err *err);
void doc_free(struct doc *doc);
/* A usage error at a node. */
int doc_error(const struct doc *doc, const struct doc_node *at, struct err *err, const char *fmt,
	      ...) __attribute__((format(printf, 4, 5)));
/* "a list", "a mapping", "nothing", "\"text\"" for messages; buf is returned. */
const char *doc_describe(const struct doc_node *node, char *buf, size_t n);
/* A plain scalar without text, or ~ or null. */
bool doc_is_null(const struct doc_node *node);

#endif
