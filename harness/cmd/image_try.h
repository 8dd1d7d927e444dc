/* SPDX-License-Identifier: MIT */
/*
 * image_try: a disk image boots by its own boot loader on a machine like a cloud's, configures
 * itself by what that cloud tells it, takes a login with the key from there, and serves a page.
 *
 * Called by image. The image is hostile: one that names another file is not opened. Never writes to
 * it.
 */
#ifndef CMD_IMAGE_TRY_H
#define CMD_IMAGE_TRY_H

#include "base/loop.h"
#include "config/seed.h"
#include "machine/image_cloud.h"

struct image_try {
	const char *file;
	const struct image_cloud *cloud;
	const struct seed
		*seed; /* with the key in keys_dir; it writes the page, as web.yaml does */
	const char *keys_dir;
	unsigned int limit_s; /* until the agent is ready, 0: the usual */
};

/* Prints a line for each thing that came about, the last one may be what did not. 0: all did, 1:
 * one did not. ERR_USAGE: no disk image, or none that is known here. */
int image_try(struct loop *loop, const struct image_try *what, struct err *err);

#endif
