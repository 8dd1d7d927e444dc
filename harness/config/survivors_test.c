/* SPDX-License-Identifier: MIT */
#include "config/survivors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/doc.h"

static int parse(const char *text, struct survivors *ret, struct err *err)
{
	return survivors_parse("s.yaml", text, strlen(text), ret, err);
}

static void reads_entries(void **state)
{
	_cleanup_(survivors_release) struct survivors s = {0};
	struct err err = ERR_INIT;
	const char *text = "survivors:\n"
			   "  - {probe: a, call: \"fcntl:F_GETFL\", lie: errno, reason: one}\n"
			   "  - probe: a\n"
			   "    call: close\n"
			   "    lie: noop\n"
			   "    reason: \"two: words\"\n";

	assert_int_equal(parse(text, &s, &err), 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.file, "s.yaml");
	assert_string_equal(s.v[0].call, "fcntl:F_GETFL");
	assert_string_equal(s.v[1].reason, "two: words");
	assert_int_equal(s.v[1].line, 3);
}

static void finds_whole_names_only(void **state)
{
	_cleanup_(survivors_release) struct survivors s = {0};
	struct err err = ERR_INIT;

	assert_int_equal(parse("survivors:\n  - {probe: a_b, call: read, lie: short, reason: x}\n",
			       &s, &err),
			 0);
	assert_ptr_equal(survivors_find(&s, "a_b/read/short"), &s.v[0]);
	assert_null(survivors_find(&s, "a_b/read/shorter"));
	assert_null(survivors_find(&s, "a_b/readv/short"));
	assert_null(survivors_find(&s, "a_bc/read/short"));
	assert_null(survivors_find(&s, "a/read/short"));
	assert_null(survivors_find(&s, "a_b/read"));
	assert_null(survivors_find(&s, ""));
}

static void may_be_empty(void **state)
{
	struct survivors s = {0};
	struct err err = ERR_INIT;

	assert_int_equal(parse("survivors:\n", &s, &err), 0);
	assert_int_equal(s.n, 0);
	survivors_release(&s);
}

static void refuses_with_place(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{"- a\n", "s.yaml:1:1: expected one key, \"survivors\""},
		{"others: []\n", "s.yaml:1:1: expected one key, \"survivors\""},
		{"survivors: 3\n", "s.yaml:1:12: \"survivors\" expects a list; this is \"3\""},
		{"survivors:\n  - {probe: a, call: b, lie: c}\n", "\"reason\" is missing"},
		{"survivors:\n  - {probe: a, call: b, lie: c, reason: \"\"}\n",
		 "s.yaml:2:5: \"reason\" is empty"},
		{"survivors:\n  - {probe: a, call: b, lie: c, reason: d, issue: 7}\n", "issue"},
		{"survivors:\n  - {probe: a, call: b, lie: c, reason: d}\n"
		 "  - {probe: a, call: b, lie: c, reason: e}\n",
		 "s.yaml:3:5: listed already, in line 2"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct survivors s = {0};
		struct err err = ERR_INIT;

		assert_true(parse(rows[i].text, &s, &err) < 0);
		assert_int_equal(err.kind, ERR_USAGE);
		if (!strstr(err.text, rows[i].error))
			fail_msg("%s\nlacks: %s", err.text, rows[i].error);
		assert_null(s.v);
	}
}

static void has_a_ceiling(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(DOC_MAX_BYTES);
	struct survivors s = {0};
	struct err err = ERR_INIT;

	strbuf_addstr(&sb, "survivors:\n");
	for (int i = 0; i <= SURVIVORS_MAX; i++)
		strbuf_addf(&sb, "- {probe: p%d, call: c, lie: l, reason: r}\n", i);
	assert_true(parse(strbuf_str(&sb), &s, &err) < 0);
	assert_non_null(strstr(err.text, "more than"));
}

static void missing_file_is_usage(void **state)
{
	struct survivors s = {0};
	struct err err = ERR_INIT;

	assert_true(survivors_load("/nonexistent/s.yaml", &s, &err) < 0);
	assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_entries), cmocka_unit_test(finds_whole_names_only),
		cmocka_unit_test(may_be_empty),	 cmocka_unit_test(refuses_with_place),
		cmocka_unit_test(has_a_ceiling), cmocka_unit_test(missing_file_is_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
