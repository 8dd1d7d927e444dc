/* SPDX-License-Identifier: MIT */
/* What a fuzz target of a file system has: an image whose bytes are the input from some place on.
 */
#ifndef DRAGONCONFIG_IMAGE_INPUT_H
#define DRAGONCONFIG_IMAGE_INPUT_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "image.h"

struct image_input {
	const uint8_t *data;
	size_t n;
	uint64_t begins; /* what is before it cannot be read */
};

static int image_input_read(void *arg, uint64_t offset, void *buf, size_t n)
{
	const struct image_input *in = arg;

	if (offset < in->begins || offset - in->begins > in->n || n > in->n - (offset - in->begins))
		return -EIO;
	memcpy(buf, in->data + (offset - in->begins), n);
	return 0;
}

#endif
