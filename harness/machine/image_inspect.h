/* SPDX-License-Identifier: MIT */
/*
 * image_inspect: would a cloud take this disk image, and does it boot and configure itself there?
 *
 * Called by cmd/. The image is hostile: its container is read here first, and one that names
 * another file is not opened at all; qemu-img and debugfs then work on it as children with limits,
 * in a folder of their own below the cache. Never writes to the image.
 */
#ifndef MACHINE_IMAGE_INSPECT_H
#define MACHINE_IMAGE_INSPECT_H

#include <stddef.h>

#include "base/err.h"
#include "base/loop.h"
#include "machine/image_cloud.h"

struct image_finding {
	enum image_say say;
	const char *topic; /* a word */
	char *text;
};

struct image_report {
	struct image_finding *v;
	size_t n, cap;
};

void image_report_release(struct image_report *r);
/* The text is cut at a ceiling; control characters of the image's are made visible. */
void image_report_add(struct image_report *r, enum image_say say, const char *topic,
		      const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The worst of all. */
enum image_say image_report_worst(const struct image_report *r);

/* cloud: "qemu" has no rules of its own. ERR_USAGE: no disk image, or none that is known here. */
int image_inspect(struct loop *loop, const char *path, const struct image_cloud *cloud,
		  struct image_report *ret_report, struct err *err);

#endif
