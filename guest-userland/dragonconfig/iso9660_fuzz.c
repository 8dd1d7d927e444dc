/* SPDX-License-Identifier: MIT */
/* The input lies where a volume's descriptors begin: the 32 KiB before them say nothing. */
#include <stddef.h>
#include <stdint.h>

#include "image_input.h"
#include "iso9660.h"

#define BEFORE (16 * 2048)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct image_input in = {data, n, BEFORE};
	struct image_reader reader = {image_input_read, &in};
	struct strbuf sb = STRBUF_INIT(65536);
	struct strv names = STRV_INIT;
	struct iso9660 fs;

	if (iso9660_open(&fs, &reader, NULL) == 0 && iso9660_list(&fs, "/", &names, NULL) == 0)
		for (size_t i = 0; i < names.n && i < 10; i++) {
			strbuf_reset(&sb);
			iso9660_read(&fs, names.v[i], &sb, NULL);
			iso9660_list(&fs, names.v[i], &names, NULL);
		}
	strbuf_release(&sb);
	strv_release(&names);
	return 0;
}
