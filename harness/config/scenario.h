/* SPDX-License-Identifier: MIT */
/*
 * scenario: a file of steps that the host takes against a guest.
 *
 * Owns what it read. Called by run/ and cmd/. Knows no step kind: the kinds are handed down as
 * names with field tables.
 */
#ifndef CONFIG_SCENARIO_H
#define CONFIG_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/strv.h"
#include "config/field.h"

#define SCENARIO_MAX_STEPS   200
#define SCENARIO_MAX_FORWARD 8
#define SCENARIO_MAX_LIMIT_S 86400 /* of one step */

/* A table of kinds ends with an entry whose name is NULL. */
struct scenario_kind {
	const char *name;
	const char *help;
	const struct field *fields;
	size_t options_size;
};

struct scenario_step {
	const struct scenario_kind *kind;
	void *options;	   /* as kind->fields say */
	char *name;	   /* the kind's name when the file gives none */
	uint64_t limit_us; /* of a machine of the reference's speed */
	struct strv lanes; /* only there; empty: everywhere */
	unsigned int line; /* in the file */
};

struct scenario {
	char *file, *name, *title, *description; /* description may be NULL */
	char *profile;				 /* machine that it is about, NULL: any */
	char *seed;	   /* file that says who the machine is, beside this one; NULL: nobody */
	struct strv lanes; /* at least one of "static", "debian" */
	uint16_t forward[SCENARIO_MAX_FORWARD + 1]; /* guest ports, ends with 0 */
	uint64_t takes_us;			    /* about, on the reference kernel */
	struct scenario_step *steps;
	size_t n_steps;
};

/* Errors in the file are usage errors: "file:line:column: message". kinds must outlive the
 * scenario. */
int scenario_load(const char *path, const struct scenario_kind *kinds,
		  struct scenario **ret_scenario, struct err *err);
int scenario_parse(const char *file, const char *text, size_t n, const struct scenario_kind *kinds,
		   struct scenario **ret_scenario, struct err *err);
/* Whether the step is taken on that lane. */
bool scenario_step_on(const struct scenario_step *step, const char *lane);
void scenario_free(struct scenario *s);
/* What such a file may hold. */
void scenario_print_schema(FILE *f, const struct scenario_kind *kinds);

#endif
