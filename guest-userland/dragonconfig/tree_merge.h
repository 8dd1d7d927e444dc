/* SPDX-License-Identifier: MIT */
/*
 * tree_merge: several cloud-config documents become one.
 *
 * As cloud-init does it: without a word a later document's top-level keys replace those of an
 * earlier one; merge_how (or merge_type) in a document, or its MIME header, names another way:
 * "list(append)+dict(recurse_list,recurse_dict)+str()", or the same as a list of maps with name and
 * settings.
 */
#ifndef DRAGONCONFIG_TREE_MERGE_H
#define DRAGONCONFIG_TREE_MERGE_H

#include "tree.h"

/*
 * A map made of base (a map or null) and over. Its nodes are theirs: both must live as long. how:
 * the MIME header's word or NULL; what stands in the document itself goes before it.
 */
struct tree *tree_merge(const struct tree_node *base, const struct tree_node *over, const char *how,
			struct problems *problems) __attribute__((returns_nonnull));

#endif
