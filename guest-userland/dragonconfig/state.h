/* SPDX-License-Identifier: MIT */
/*
 * state: what is remembered from boot to boot, in cloud-init's places.
 *
 * Where nothing can be written there (a full disk, a read-only root), below /run/dragonconfig/state
 * instead: this boot does all its work, and the next one does it again.
 *
 *   /var/lib/cloud/instance -> instances/<id>
 *   /var/lib/cloud/instances/<id>/sem/config_<module>       done for this instance
 *   /var/lib/cloud/instances/<id>/scripts/                  there, with nothing in it too
 *   /var/lib/cloud/sem/config_<module>.once                 done for ever
 *   /var/lib/cloud/data/{instance-id,previous-instance-id}
 *
 * Owns its strings. A mark is made after the work it stands for, so that work which was cut is done
 * again; all work is written so that doing it again changes nothing.
 */
#ifndef DRAGONCONFIG_STATE_H
#define DRAGONCONFIG_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define STATE_DIR "/var/lib/cloud"

enum frequency { FREQUENCY_ALWAYS, FREQUENCY_INSTANCE, FREQUENCY_ONCE };

struct state {
	const char *root; /* STATE_DIR, or what stands in for it */
	char *id;	  /* of the instance */
	char *dir;	  /* of the instance */
};

/* 0, or 1: in the other place, and *err says why. An id that is no file name is refused (-EINVAL);
 * after any other error it can be used all the same, but remembers nothing. */
int state_open(struct state *s, const char *id, struct err *err);
void state_release(struct state *s);
bool state_done(const struct state *s, const char *name, enum frequency f);
int state_mark(const struct state *s, const char *name, enum frequency f, struct err *err);
/*
 * The size that a file had before this instance appended to it the first time: remembered, so that
 * an append which was cut is not made twice. key: unique for the append.
 */
int state_size_before(const struct state *s, const char *key, const char *path, size_t *ret_size,
		      struct err *err);

#endif
