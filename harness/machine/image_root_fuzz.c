/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: the files of a hostile root file system, as they were taken out of it, and the
 * lists of its folders. The input is cut at bytes of 0xff: lists first, then a file each.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "machine/image_root.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const files[] = {"grub.cfg",	  "initrd",	 "fstab",	   "shadow",
				    "machine-id", "sshd_config", "authorized_keys"};

static char dir[] = "/dev/shm/image-root-fuzz-XXXXXX";

static void tidy(void)
{
	rm_rf(dir, NULL);
}

/* The next part: its bytes, and where it ends. */
static size_t part(const uint8_t **data, size_t *n, const uint8_t **ret)
{
	const uint8_t *end = memchr(*data, 0xff, *n);
	size_t len = end ? (size_t)(end - *data) : *n, whole = end ? len + 1 : len;

	*ret = *data;
	*data += whole;
	*n -= whole;
	return len;
}

static void look(const struct strbuf *lists)
{
	static const struct disk_partition fat = {.number = 1, .start = 512, .size = 512};
	static const struct root root = {.at = &fat,
					 .uuid = "0b8a2f0c-1111-4222-8333-444455556666"};

	for (const struct image_cloud *c = image_clouds; c->name; c++) {
		_cleanup_(image_report_release) struct image_report report = {0};

		root_look(&root, c->one_root ? NULL : &fat, c, dir, lists, &report);
		if (report.n == 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_cleanup_(strbuf_release) struct strbuf lists = STRBUF_INIT(4u << 20);
	static bool made;
	const uint8_t *text;
	size_t len;

	if (!made && (!mkdtemp(dir) || atexit(tidy) != 0))
		abort();
	made = true;
	len = part(&data, &n, &text);
	strbuf_add(&lists, text, len);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_autofree_ char *path = path_join(dir, files[i]);

		len = part(&data, &n, &text);
		if (file_write_atomic(path, text, len, 0600, NULL) < 0)
			abort();
	}
	look(&lists);
	return 0;
}
