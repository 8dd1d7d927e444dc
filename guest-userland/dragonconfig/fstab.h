/* SPDX-License-Identifier: MIT */
/*
 * fstab: lines of /etc/fstab, those of ours among others'.
 *
 * Called by mounts. Ours have FSTAB_MARK among their options, as cloud-init's.
 */
#ifndef DRAGONCONFIG_FSTAB_H
#define DRAGONCONFIG_FSTAB_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "base/strv.h"

#define FSTAB_MARK   "comment=cloudconfig"
#define FSTAB_FIELDS 6

enum fstab_field { FSTAB_SPEC, FSTAB_FILE, FSTAB_TYPE, FSTAB_OPTIONS, FSTAB_FREQ, FSTAB_PASS };

/* Appends a line; whatever a field holds it stays one field. */
void fstab_add(struct strbuf *to, const char *const fields[FSTAB_FIELDS]);
/* The fields of a line as they are meant; false: a comment, or fewer than four. */
bool fstab_split(const char *line, struct strv *ret);
/* word is one of options "a,b,c". */
bool fstab_has_option(const char *options, const char *word);

#endif
