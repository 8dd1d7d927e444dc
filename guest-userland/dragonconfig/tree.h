/* SPDX-License-Identifier: MIT */
/*
 * tree: a YAML (or JSON, which is YAML) document as a tree, with line numbers.
 *
 * Owns every node. Called by userdata, sources and netconfig. What it is given is hostile: size,
 * depth and what aliases expand to have ceilings. Where a map has a key twice, the last one counts
 * and a warning says so, as in cloud-init. Scalars are read as YAML 1.1 does (yes and off are
 * booleans), since that is what cloud-config files are written for.
 */
#ifndef DRAGONCONFIG_TREE_H
#define DRAGONCONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "problems.h"

#define TREE_SIZE_MAX	 (1u << 20) /* bytes */
#define TREE_DEPTH_MAX	 40
#define TREE_MEMBERS_MAX 2000  /* of one map */
#define TREE_WEIGHT_MAX	 50000 /* nodes, aliases counted as what they stand for */

enum tree_kind { TREE_NULL, TREE_SCALAR, TREE_LIST, TREE_MAP };

struct tree_node {
	enum tree_kind kind;
	unsigned int line; /* from 1 */
	bool plain;	   /* a scalar without quotes */
	char *text;	   /* of a scalar; ends with NUL, may hold others */
	size_t len;	   /* of text */
	size_t n;	   /* items of a list, members of a map */
	struct tree_node **items;
	struct tree_node **keys; /* of a map; scalars */
	size_t weight;
};

struct tree;

/* Never NULL and to be freed. A document that cannot be read has a root of kind TREE_NULL and an
 * error among the problems; one that is empty just the former. */
struct tree *tree_parse(const char *text, size_t n, struct problems *problems)
	__attribute__((returns_nonnull));
void tree_free(struct tree *d);
const struct tree_node *tree_root(const struct tree *d) __attribute__((returns_nonnull));

/* Member of a map; NULL: no such member, no map, or NULL given. "-" and "_" are the same in keys,
 * since cloud-config takes both. */
const struct tree_node *tree_get(const struct tree_node *map, const char *key);
/* Text of a scalar; NULL for everything else, for NULL, and for text that holds a NUL. */
const char *tree_text(const struct tree_node *node);
/* tree_text() of a member. */
const char *tree_get_text(const struct tree_node *map, const char *key);
/* Adds the texts of a list; for all else nothing. */
void tree_texts(const struct tree_node *list, struct strv *ret);
/* false: it is no boolean. Quoted words are none, but "true" and "false" are taken all the same. */
bool tree_bool(const struct tree_node *node, bool *ret);
/* Decimal; false: it is no number or does not fit. */
bool tree_int(const struct tree_node *node, int64_t *ret);
bool tree_key_is(const struct tree_node *key, const char *name);

/* Making one: nodes of other documents may be taken in and must live as long. */
struct tree *tree_new(void) __attribute__((returns_nonnull));
/* kind: TREE_LIST or TREE_MAP; the first node made is the root. */
struct tree_node *tree_add(struct tree *d, enum tree_kind kind, unsigned int line)
	__attribute__((returns_nonnull));
/* A scalar with quotes. */
struct tree_node *tree_add_text(struct tree *d, const char *text, size_t n, unsigned int line)
	__attribute__((returns_nonnull));
/* key: NULL for a list. Ceilings do not hold here: the parts that are merged kept them. */
void tree_append(struct tree_node *to, struct tree_node *key, struct tree_node *item);

#endif
