/* SPDX-License-Identifier: MIT */
/*
 * guest: one boot of a machine with everything that watches it: console scanner, channel, evidence
 * in the store.
 *
 * Owns machine, channel and scanner of one boot. Called by step kinds and run/. All evidence
 * (console bytes, frames, crash texts, QMP ends) goes to the store in the order in which it
 * happens.
 */
#ifndef STEP_GUEST_H
#define STEP_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "machine/chan.h"
#include "machine/machine.h"
#include "diagnose/crash.h"
#include "store/store.h"

struct step_context;

struct guest {
	struct loop *loop;
	struct store *store;
	int64_t cell, boot;
	const char *lane; /* "static", "debian" */
	const char
		*keys_dir; /* host folder with id_ed25519, id_ed25519.pub, password, www.sha256 */
	char *boot_dir;	   /* artefacts of this boot */
	char *tmp_dir;	   /* scratch on the host, removed with the guest */
	struct machine *machine;
	struct chan *chan;
	struct crash_scanner *scanner;
	double slowdown;	 /* measured at hello; limits are multiplied by it, never below 1 */
	bool tainted;		 /* a recovered or task-killing crash was seen in this boot */
	bool dead;		 /* fatal crash, reset, gone: nothing more will come */
	struct crash last_crash; /* valid when crashes > 0 */
	unsigned int crashes;
	uint64_t console_bytes;
	struct step_context *context; /* what its steps know of each other; freed with the guest */
	struct guest_private *priv;
};

/* True when the guest is dead or cond holds. 0: cond holds; -ETIMEDOUT; -EINTR; -EPIPE: the guest
 * died first. */
int guest_wait(struct guest *g, bool (*cond)(void *arg), void *arg, struct deadline deadline);
/* A limit of a healthy machine of the reference's speed, scaled to this one. */
struct deadline guest_deadline(const struct guest *g, uint64_t us);

#endif
