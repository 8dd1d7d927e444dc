/* SPDX-License-Identifier: MIT */
#include "osconf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xstrndup((const char *)data, n), *rest = osconf_without_password(text);
	struct osconf c;

	osconf_parse(&c, rest);
	if (osconf_get(&c, "password"))
		abort();
	osconf_release(&c);
	osconf_parse(&c, text);
	free(osconf_network(&c));
	free(osconf_id(&c, "x"));
	osconf_release(&c);
	free(rest);
	free(text);
	return 0;
}
