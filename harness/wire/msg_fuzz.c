/* SPDX-License-Identifier: MIT */
/* libFuzzer target: a message of the agent; and what was read can be written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char buf[MSG_TO_GUEST_MAX], text[64];
	struct msg_writer w;
	struct msg m, pair, again;
	size_t at = 0, pairs = 0;
	uint64_t v;

	if (!msg_parse(data, n, &m))
		return 0;
	if (m.head_len > n || m.body_len > n)
		abort();
	while (msg_next(&m, &at, &pair))
		pairs++;
	if (pairs > n)
		abort();
	msg_get_u64(&m, "id", &v);
	if (!msg_get_str(&m, "op", text, sizeof(text)))
		return 0;
	msg_begin(&w, buf, sizeof(buf), text);
	msg_end_head(&w);
	msg_add(&w, m.body, m.body_len);
	if (w.failed)
		return 0;
	if (!msg_parse(buf, w.len, &again) || !msg_is(&again, "op", text) ||
	    again.body_len != m.body_len || memcmp(again.body, m.body, m.body_len) != 0)
		abort();
	return 0;
}
