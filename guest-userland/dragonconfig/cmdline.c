/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strv.h"
#include "base/xalloc.h"

char *cmdline_get(const char *key)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	_cleanup_(strv_release) struct strv words = STRV_INIT;
	size_t n = strlen(key);

	file_read("/proc/cmdline", &sb, NULL);
	strv_split(&words, strbuf_str(&sb), " \t\n");
	for (size_t i = words.n; i > 0; i--)
		if (strncmp(words.v[i - 1], key, n) == 0 && words.v[i - 1][n] == '=')
			return xstrdup(words.v[i - 1] + n + 1);
	return NULL;
}
