/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: any bytes, escaped for each place where they are shown: valid UTF-8 without
 * controls or characters that reorder, and nothing that markup or a table would act on.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "wire/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const char *s, size_t n, unsigned int mode)
{
	size_t len, columns;
	uint32_t code;

	for (size_t i = 0; i < n; i += len) {
		len = utf8_next(s + i, n - i, &code);
		if (!(mode & ESCAPE_ONE_LINE) && (s[i] == '\n' || s[i] == '\t')) {
			len = 1;
			continue;
		}
		if (!len || utf8_is_hostile(code) || code < 0x20)
			abort();
		if ((mode & 0xff) == ESCAPE_MARKUP && (code == '<' || code == '>' || code == '"'))
			abort();
	}
	columns = utf8_columns(s);
	if (utf8_fit(s, columns) > n || utf8_fit(s, columns / 2) > n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (unsigned int mode = ESCAPE_TEXT; mode <= ESCAPE_MARKDOWN; mode++) {
		for (unsigned int flag = 0; flag <= ESCAPE_ONE_LINE; flag += ESCAPE_ONE_LINE) {
			struct strbuf sb = STRBUF_INIT(1 << 20);

			if (escape_add(&sb, mode | flag, (const char *)data, n) == 0)
				check(strbuf_str(&sb), sb.len, mode | flag);
			strbuf_release(&sb);
		}
	}
	return 0;
}
