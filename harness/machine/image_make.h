/* SPDX-License-Identifier: MIT */
/*
 * image_make: a disk image for a cloud, from a lane's user land and a kernel.
 *
 * Called by cmd/. guest-userland/cloud-image.sh makes the raw disk, qemu-img its formats; what
 * those put in of time and chance is taken out again, so that the same inputs give the same bytes.
 */
#ifndef MACHINE_IMAGE_MAKE_H
#define MACHINE_IMAGE_MAKE_H

#include "base/err.h"
#include "base/loop.h"
#include "base/strbuf.h"
#include "machine/image_cloud.h"

struct image_make {
	const struct image_cloud *cloud;
	const char *lane;
	const char *kernel; /* bzImage or multiboot2; NULL: the reference kernel */
	const char *initrd; /* NULL: the reference's own, or none for another kernel */
	const char *append; /* more words for its command line, or NULL */
	enum disk_format format;
	bool gpt;
	uint64_t size_mib;
	const char *out;
};

/* Makes m->out, whole or not at all. ERR_USAGE for settings that do not go together. Lines of notes
 * (what is good to know, one a line) go to notes. */
int image_make(struct loop *loop, const struct image_make *m, struct strbuf *notes,
	       struct err *err);

/* Ids and times of a fresh file of this format become those that seed (32 hexadecimal digits or
 * more) says. Nothing to do for raw and qcow2. */
int image_seal(const char *path, enum disk_format format, const char *seed, struct err *err);

#endif
