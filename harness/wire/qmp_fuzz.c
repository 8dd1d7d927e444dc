/* SPDX-License-Identifier: MIT */
/* libFuzzer target: what a broken or hostile QEMU might send, cut in two, and every look into it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "wire/qmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void look(const struct qmp_message *m)
{
	static const char *const paths[] = {
		"",	 "status",    "0.label",       "version.qemu.major",
		"guest", "a.b.c.0.1", "99999999999.x",
	};
	int64_t v;

	if (!m->name || !m->text)
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const char *s = qmp_string(m, paths[i]);

		if (s && strlen(s) > QMP_LINE_MAX)
			abort();
		qmp_integer(m, paths[i], &v);
		qmp_boolean(m, paths[i]);
		qmp_length(m, paths[i]);
	}
}

static void take(struct qmp_stream *s)
{
	const char *line;
	size_t len;

	while ((line = qmp_stream_next(s, &len))) {
		struct qmp_message m = {0};

		if (memchr(line, '\n', len))
			abort();
		if (qmp_parse(line, len, &m, NULL) == 0) {
			look(&m);
			qmp_message_release(&m);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct qmp_stream s;
	size_t half = n / 2;

	qmp_stream_init(&s);
	if (qmp_stream_feed(&s, (const char *)data, half) == 0) {
		take(&s);
		if (qmp_stream_feed(&s, (const char *)data + half, n - half) == 0)
			take(&s);
	}
	qmp_stream_release(&s);
	return 0;
}
