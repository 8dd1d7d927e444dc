/* SPDX-License-Identifier: MIT */
/*
 * kinds: the table of step kinds, as step/ and as config/ want to see it.
 */
#ifndef STEP_KINDS_H
#define STEP_KINDS_H

#include "config/scenario.h"
#include "step/step.h"

/* The kinds as names with field tables, ended by an entry without a name; made once. */
const struct scenario_kind *step_config_kinds(void);
/* NULL: no such kind. */
const struct step_ops *step_find(const char *name);

#endif
