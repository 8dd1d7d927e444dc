/* SPDX-License-Identifier: MIT */
/* libFuzzer target: the small texts of a metadata service, and OpenStack's files. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "metadata.h"
#include "openstack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_texts(const char *text, size_t n)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT, macs = STRV_INIT;
	_autofree_ char *line = xstrdup(text);

	metadata_key_names(text, &names);
	for (size_t i = 0; i < names.n; i++)
		if (strpbrk(names.v[i], "/. \r\n") || !*names.v[i])
			abort();
	metadata_macs(text, &macs);
	for (size_t i = 0; i < macs.n; i++)
		if (strlen(macs.v[i]) != 17 || strpbrk(macs.v[i], "'\"\n"))
			abort();
	if (metadata_line(line) && strpbrk(line, "\r\n"))
		abort();
	if (metadata_is_key(text) && (strchr(text, '\n') || metadata_is_page(text, n)))
		abort();
}

/* Files one behind the other, a NUL between them. */
static void read_openstack(const char *data, size_t n)
{
	_cleanup_(instance_release) struct instance i = {0};
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	struct openstack_text files[OPENSTACK_FILES] = {0};
	const char *end = data + n;

	for (int k = 0; k < OPENSTACK_FILES && data < end; k++) {
		const char *nul = memchr(data, 0, (size_t)(end - data));

		files[k].n = (size_t)((nul ? nul : end) - data);
		files[k].text = xstrndup(data, files[k].n);
		data = nul ? nul + 1 : end;
	}
	if (files[OPENSTACK_META].text)
		openstack_take(&i, files, &problems);
	openstack_release(files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_autofree_ char *text = xstrndup((const char *)data, n);

	read_texts(text, strlen(text));
	read_openstack((const char *)data, n);
	return 0;
}
