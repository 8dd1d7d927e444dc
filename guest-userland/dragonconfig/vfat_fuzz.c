/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "image_input.h"
#include "vfat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct image_input in = {data, n, 0};
	struct image_reader reader = {image_input_read, &in};
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
