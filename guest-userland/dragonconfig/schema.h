/* SPDX-License-Identifier: MIT */
/*
 * schema: what a cloud-config document may say, and what becomes of it here.
 *
 * Pure, one table. Called by init before it acts and by `dragonconfig schema --check`. An unknown
 * key or a value of the wrong type is a warning with its line: the rest is carried out. Keys of
 * cloud-init that are known but have no effect here are told as such, with the reason.
 */
#ifndef DRAGONCONFIG_SCHEMA_H
#define DRAGONCONFIG_SCHEMA_H

#include <stdio.h>

#include "tree.h"

void schema_check(const struct tree_node *root, struct problems *problems);
/* Every key with its types, and why it has no effect where it has none. */
void schema_print(FILE *f);

#endif
