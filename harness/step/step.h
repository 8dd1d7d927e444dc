/* SPDX-License-Identifier: MIT */
/*
 * step: one thing that a scenario does against a guest.
 *
 * Adding a kind is a file and a line in the table (step.c). A step acts and observes; it reports
 * what it saw as an outcome. Crash and silence of the guest are seen by guest.c, whatever the step
 * says.
 */
#ifndef STEP_STEP_H
#define STEP_STEP_H

#include "base/err.h"
#include "config/field.h"
#include "step/guest.h"
#include "store/verdict.h"

struct step_outcome {
	enum verdict verdict; /* pass, fail, skip, timeout or broken */
	struct strbuf reason; /* one line: expected and seen */
	struct strbuf detail; /* more, may be empty */
};

struct step_ops {
	const char *name; /* the key in the scenario file */
	const char *help;
	const struct field *fields; /* of the options struct */
	size_t options_size;
	/*
	 * 0 with *outcome filled, or an error: the step is then broken (or crash, lost: guest.c
	 * knows), with the error's text. Every wait inside goes through guest_wait() or ends at the
	 * deadline, which is scaled already.
	 */
	int (*run)(struct guest *guest, const void *options, struct deadline deadline,
		   struct step_outcome *outcome, struct err *err);
};

extern const struct step_ops *const step_kinds[]; /* NULL-terminated */

/* Helpers that fill an outcome; return 0 so that a step can `return step_fail(outcome, …)`. */
int step_pass(struct step_outcome *o);
/* With a word about what was measured. */
int step_pass_with(struct step_outcome *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int step_fail(struct step_outcome *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int step_skip(struct step_outcome *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
