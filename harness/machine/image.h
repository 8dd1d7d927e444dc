/* SPDX-License-Identifier: MIT */
/*
 * image: the disk of a lane with today's agent and probes on it, and the reference kernel.
 *
 * Owns <cache>/ready/: copies of the lanes' base images with the guest programs injected, keyed by
 * the content of all three, so that editing a probe costs a copy and never a build. Base images and
 * the reference kernel are made by `make image` (guest-userland/). Called by run/ and cmd/.
 */
#ifndef MACHINE_IMAGE_H
#define MACHINE_IMAGE_H

#include "base/err.h"
#include "base/loop.h"
#include "base/strv.h"

struct image_kernel {
	char *kernel; /* path, owned */
	char *initrd; /* path or NULL, owned */
};
void image_kernel_release(struct image_kernel *k);

/* "static", "debian"; NULL-terminated. */
extern const char *const image_lanes[];

/* Path of a bootable disk for the lane; caller frees. -ENOENT with what to do when the base image
 * is not there. */
int image_ready(struct loop *loop, const char *lane, char **ret_path, struct err *err);
/* Why the lane cannot be used here, NULL: it can. Caller frees. */
char *image_lane_problem(const char *lane);
/* Reference kernel and its initramfs. flavour: "cloud", "generic". */
int image_reference(const char *flavour, struct image_kernel *ret_kernel, struct err *err);
/* Folder with the keys that open the images' accounts; caller frees. */
char *image_keys_dir(void);

#endif
