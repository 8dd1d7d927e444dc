/* SPDX-License-Identifier: MIT */
/*
 * act: what several step kinds do with a guest: run a program, wait, reach a port, look up keys.
 *
 * Owns nothing. Called by step kinds. Errors keep their meaning for the runner: -ETIMEDOUT the
 * limit passed, -EPIPE the guest died, -EINTR cancelled, others broken.
 */
#ifndef STEP_ACT_H
#define STEP_ACT_H

#include <stdint.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "step/step.h"

#define ACT_OUTPUT_MAX (1u << 20)

struct act_result {
	int status; /* wait status */
	struct strbuf out, err_out;
};
#define ACT_RESULT_INIT                                                                    \
	{                                                                                  \
		.out = STRBUF_INIT(ACT_OUTPUT_MAX), .err_out = STRBUF_INIT(ACT_OUTPUT_MAX) \
	}
void act_result_release(struct act_result *r);

/* Run a program in the guest to its end. input NULL: no stdin. */
int act_run(struct guest *g, char *const *argv, const char *input, struct act_result *ret,
	    struct deadline d, struct err *err);
/* The error of act_run() or chan_spawn() says that the guest's kernel, not the image, is at fault:
 * the program is there but could not be started. */
bool act_kernel_refused(int r, const struct err *err);
/* guest_wait() with an error text; what: what was waited for. */
int act_wait(struct guest *g, bool (*cond)(void *arg), void *arg, struct deadline d,
	     const char *what, struct err *err);
/* Let a moment pass between two looks at something that tells nobody when it changes. Doubles
 * *pause_us up to half a second. */
int act_pause(struct guest *g, uint64_t *pause_us, struct deadline d, const char *what,
	      struct err *err);
/* Host port that reaches the guest's; an error names the scenario's forward list. */
int act_port(struct guest *g, int64_t guest_port, uint16_t *ret_port, struct err *err);
/* True and *outcome is a skip when a service that should listen there did not come up. */
bool act_port_is_down(struct guest *g, int64_t guest_port, struct step_outcome *o);
/* Path of a file beside the keys, such as "id_ed25519"; caller frees. */
char *act_key_path(const struct guest *g, const char *name);
/* Its content without the newline; caller frees. */
int act_read_key(const struct guest *g, const char *name, char **ret_text, struct err *err);
/* The hash that a served file must have, 64 digits. */
int act_www_sha256(const struct guest *g, const char *name, char ret_hex[65], struct err *err);
/* At most n bytes of text for one line of a reason: control characters as ?. buf is returned. */
const char *act_excerpt(const char *text, size_t len, char *buf, size_t n);

#endif
