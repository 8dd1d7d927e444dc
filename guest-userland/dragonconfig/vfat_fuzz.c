/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "vfat.h"

struct input {
	const uint8_t *data;
	size_t n;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int read_at(void *arg, uint64_t offset, void *buf, size_t n)
{
	const struct input *in = arg;

	if (offset > in->n || n > in->n - offset)
		return -EIO;
	memcpy(buf, in->data + offset, n);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = {data, n};
	struct image_reader reader = {read_at, &in};
	struct strbuf sb = STRBUF_INIT(65536);
	struct strv names = STRV_INIT;
	struct vfat fs;

	if (vfat_open(&fs, &reader, NULL) == 0 && vfat_list(&fs, "/", &names, NULL) == 0)
		for (size_t i = 0; i < names.n && i < 10; i++) {
			strbuf_reset(&sb);
			vfat_read(&fs, names.v[i], &sb, NULL);
			vfat_list(&fs, names.v[i], &names, NULL);
		}
	strbuf_release(&sb);
	strv_release(&names);
	return 0;
}
