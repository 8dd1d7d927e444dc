/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "wire/qmp.h"

static int parse(const char *text, struct qmp_message *m, struct err *err)
{
	return qmp_parse(text, strlen(text), m, err);
}

static void greeting_tells_the_version(void **state)
{
	_cleanup_(qmp_message_release) struct qmp_message m = {0};
	int64_t major = 0;

	assert_int_equal(parse("{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, "
			       "\"major\": 7}, \"package\": \"d\"}, \"capabilities\": [\"oob\"]}}",
			       &m, NULL),
			 0);
	assert_int_equal(m.kind, QMP_GREETING);
	assert_true(qmp_integer(&m, "version.qemu.major", &major));
	assert_int_equal(major, 7);
	assert_string_equal(qmp_string(&m, "version.package"), "d");
	assert_string_equal(qmp_string(&m, "capabilities.0"), "oob");
}

static void event_and_its_data(void **state)
{
	_cleanup_(qmp_message_release) struct qmp_message m = {0};

	assert_int_equal(parse("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": "
			       "\"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": "
			       "\"guest-reset\"}}",
			       &m, NULL),
			 0);
	assert_int_equal(m.kind, QMP_EVENT);
	assert_string_equal(m.name, "SHUTDOWN");
	assert_true(qmp_boolean(&m, "guest"));
	assert_false(qmp_boolean(&m, "reason"));
	assert_string_equal(qmp_string(&m, "reason"), "guest-reset");
	assert_null(qmp_string(&m, "guest"));
	assert_null(qmp_string(&m, "none.such"));
	assert_null(qmp_string(&m, "reason.deeper"));
	assert_null(qmp_string(&m, ".."));
}

static void answers_carry_their_number(void **state)
{
	_cleanup_(qmp_message_release) struct qmp_message ok = {0}, bad = {0};

	assert_int_equal(parse("{\"return\": \"text\\r\\n\", \"id\": 42}", &ok, NULL), 0);
	assert_int_equal(ok.kind, QMP_RETURN);
	assert_int_equal(ok.id, 42);
	assert_string_equal(ok.text, "text\r\n");
	assert_int_equal(parse("{\"id\": 43, \"error\": {\"class\": \"GenericError\", \"desc\": "
			       "\"no\"}}",
			       &bad, NULL),
			 0);
	assert_int_equal(bad.kind, QMP_ERROR);
	assert_int_equal(bad.id, 43);
	assert_string_equal(bad.name, "GenericError");
	assert_string_equal(bad.text, "no");
}

static void arrays_are_walked(void **state)
{
	_cleanup_(qmp_message_release) struct qmp_message m = {0};
	int64_t v = 0;

	assert_int_equal(
		parse("{\"return\": [{\"devices\": [{\"id\": {\"vendor\": 6900}}, 1]}]}", &m, NULL),
		0);
	assert_int_equal(qmp_length(&m, ""), 1);
	assert_int_equal(qmp_length(&m, "0.devices"), 2);
	assert_int_equal(qmp_length(&m, "0.devices.1"), 0);
	assert_true(qmp_integer(&m, "0.devices.0.id.vendor", &v));
	assert_int_equal(v, 6900);
	assert_false(qmp_integer(&m, "0.devices.7.id", &v));
	assert_false(qmp_integer(&m, "0.devices.x.id", &v));
}

static void rubbish_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "{",
					  "hello",
					  "[]",
					  "1",
					  "{\"other\": 1}",
					  "{\"return\": {}} trailing",
					  "{\"event\": \"\xff\"}"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct qmp_message m = {.id = 77};
		struct err err = ERR_INIT;

		assert_int_equal(parse(bad[i], &m, &err), -EBADMSG);
		assert_int_equal(m.id, 77);
		assert_non_null(strstr(err.text, "monitor"));
	}
}

static void odd_types_do_not_confuse(void **state)
{
	_cleanup_(qmp_message_release) struct qmp_message a = {0}, b = {0};

	assert_int_equal(parse("{\"event\": 5, \"data\": [1]}", &a, NULL), 0);
	assert_string_equal(a.name, "");
	assert_int_equal(parse("{\"return\": {}, \"id\": \"x\"}", &b, NULL), 0);
	assert_int_equal(b.id, 0);
	assert_string_equal(b.text, "");
}

static void stream_cuts_lines_wherever_they_are_split(void **state)
{
	static const char text[] = "one\r\ntwo\n\nthree";

	for (size_t step = 1; step < sizeof(text); step++) {
		_cleanup_(qmp_stream_release) struct qmp_stream s;
		char seen[64] = "";
		const char *line;
		size_t n;

		qmp_stream_init(&s);
		for (size_t at = 0; at < sizeof(text) - 1; at += step) {
			size_t left = sizeof(text) - 1 - at;

			assert_int_equal(qmp_stream_feed(&s, text + at, left < step ? left : step),
					 0);
			while ((line = qmp_stream_next(&s, &n))) {
				strncat(seen, line, n);
				strncat(seen, "|", 2);
			}
		}
		assert_string_equal(seen, "one|two||");
	}
}

static void line_has_a_ceiling(void **state)
{
	_cleanup_(qmp_stream_release) struct qmp_stream s;
	static char piece[65536];
	size_t fed = 0;

	memset(piece, 'x', sizeof(piece));
	qmp_stream_init(&s);
	while (qmp_stream_feed(&s, piece, sizeof(piece)) == 0)
		fed += sizeof(piece);
	assert_true(fed <= QMP_LINE_MAX);
}

static void command_is_quoted(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(300);

	assert_int_equal(qmp_command(&sb, 7, "stop", NULL), 0);
	assert_string_equal(strbuf_str(&sb), "{\"execute\":\"stop\",\"id\":7}\n");
	strbuf_reset(&sb);
	assert_int_equal(
		qmp_command(&sb, 8, "human-monitor-command", "command-line", "a \"b\"\n", NULL), 0);
	assert_string_equal(strbuf_str(&sb),
			    "{\"execute\":\"human-monitor-command\",\"id\":8,"
			    "\"arguments\":{\"command-line\":\"a \\\"b\\\"\\n\"}}\n");
}

static void command_that_cannot_be_said_fails(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(20);

	assert_int_equal(qmp_command(&sb, 1, "a-command-longer-than-the-buffer", NULL), -E2BIG);
	assert_int_equal(qmp_command(&sb, 1, "c", "k", "\xff", NULL), -EINVAL);
	assert_int_equal(sb.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greeting_tells_the_version),
		cmocka_unit_test(event_and_its_data),
		cmocka_unit_test(answers_carry_their_number),
		cmocka_unit_test(arrays_are_walked),
		cmocka_unit_test(rubbish_is_refused),
		cmocka_unit_test(odd_types_do_not_confuse),
		cmocka_unit_test(stream_cuts_lines_wherever_they_are_split),
		cmocka_unit_test(line_has_a_ceiling),
		cmocka_unit_test(command_is_quoted),
		cmocka_unit_test(command_that_cannot_be_said_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
