/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "wire/jsonr.h"

static int parse(const char *text, struct jsonr **ret_root, struct err *err)
{
	return jsonr_parse(text, strlen(text), ret_root, err);
}

static void collect(void *arg, const char *key, const char *text)
{
	strbuf_addf(arg, "%s=%s;", key, text);
}

static void values(void **state)
{
	_cleanup_(jsonr_release) struct jsonr *root = NULL;
	_cleanup_(strbuf_release) struct strbuf seen = STRBUF_INIT(1000);

	assert_int_equal(
		parse("{\"s\": \"text\", \"n\": 12, \"neg\": -1, \"big\": 1e3, \"b\": true, "
		      "\"a\": [{\"x\": 1}, {\"x\": 2}], \"o\": {\"k\": \"v\", \"no\": 1}}",
		      &root, NULL),
		0);
	assert_string_equal(jsonr_string(root, "s", "?"), "text");
	assert_string_equal(jsonr_string(root, "n", "?"), "?");
	assert_int_equal(jsonr_uint(root, "n", 7), 12);
	assert_int_equal(jsonr_uint(root, "neg", 7), 7);
	assert_int_equal(jsonr_uint(root, "big", 7), 7);
	assert_int_equal(jsonr_uint(root, "s", 7), 7);
	assert_true(jsonr_bool(root, "b"));
	assert_false(jsonr_bool(root, "n"));
	assert_int_equal(jsonr_length(jsonr_get(root, "a")), 2);
	assert_true(jsonr_is_array(jsonr_get(root, "a")));
	assert_false(jsonr_is_array(jsonr_get(root, "o")));
	assert_int_equal(jsonr_uint(jsonr_at(jsonr_get(root, "a"), 1), "x", 7), 2);
	jsonr_each_string(jsonr_get(root, "o"), collect, &seen);
	assert_string_equal(strbuf_str(&seen), "k=v;");
}

static void what_is_not_there(void **state)
{
	_cleanup_(jsonr_release) struct jsonr *root = NULL;
	_cleanup_(strbuf_release) struct strbuf seen = STRBUF_INIT(1000);

	assert_int_equal(parse("[1]", &root, NULL), 0);
	assert_null(jsonr_get(root, "x"));
	assert_null(jsonr_at(root, 1));
	assert_null(jsonr_get(jsonr_get(jsonr_at(NULL, 3), "a"), "b"));
	assert_int_equal(jsonr_length(NULL), 0);
	assert_string_equal(jsonr_string(NULL, "x", ""), "");
	assert_int_equal(jsonr_uint(NULL, "x", 3), 3);
	assert_false(jsonr_bool(NULL, "x"));
	jsonr_each_string(NULL, collect, &seen);
	assert_int_equal(seen.len, 0);
}

static void refusals(void **state)
{
	static const char *const bad[] = {"",	  "{",	      "{\"a\": 1, \"a\": 2}",
					  "{} x", "\"\xff\"", "nul"};
	struct jsonr *root = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(parse(bad[i], &root, &err), -EBADMSG);
		assert_null(root);
		assert_non_null(strstr(err.text, "line "));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(what_is_not_there),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
