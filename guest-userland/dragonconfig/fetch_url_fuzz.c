/* SPDX-License-Identifier: MIT */
/* libFuzzer target: an address of user data, and a redirection from it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "fetch_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct fetch_url *u)
{
	if (u->path[0] != '/' || !u->host[0] || !u->port || strpbrk(u->path, " \r\n") ||
	    strpbrk(u->authority, " \r\n/"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_autofree_ char *text = xstrndup((const char *)data, n), *joined = NULL;
	size_t first = strcspn(text, "\n");
	struct fetch_url u;

	text[first] = '\0';
	if (fetch_url_parse(&u, text, NULL) < 0)
		return 0;
	check(&u);
	if (first >= n)
		return 0;
	joined = fetch_url_join(&u, (const char *)data + first, n - first);
	if (fetch_url_parse(&u, joined, NULL) == 0)
		check(&u);
	return 0;
}
