/* SPDX-License-Identifier: MIT */
/* Keys that a configuration gives, and files that another program left. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "hostkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(HOSTKEY_FILE_MAX);
	_autofree_ char *text = xstrndup((const char *)data, n);
	struct hostkey k;
	size_t n_blob;

	hostkey_dropbear_fingerprint(data, n, &sb, &n_blob);
	strbuf_reset(&sb);
	hostkey_fingerprint(text, &sb, &n_blob);
	strbuf_reset(&sb);
	if (hostkey_read(text, &k) == 0 && hostkey_openssh(&k, "", &sb) < 0)
		abort();
	return 0;
}
