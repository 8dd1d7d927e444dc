/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strv.h"

static void ceiling_refuses_whole(void **state)
{
	struct strbuf sb = STRBUF_INIT(5);

	assert_int_equal(strbuf_addstr(&sb, "abc"), 0);
	assert_int_equal(strbuf_addstr(&sb, "def"), -E2BIG);
	assert_string_equal(strbuf_str(&sb), "abc");
	assert_int_equal(strbuf_addf(&sb, "%d", 12), 0);
	assert_int_equal(strbuf_addch(&sb, 'x'), -E2BIG);
	assert_int_equal(strbuf_add(&sb, "", SIZE_MAX), -E2BIG);
	assert_string_equal(strbuf_str(&sb), "abc12");
	strbuf_release(&sb);
}

static void consume_and_detach(void **state)
{
	struct strbuf sb = STRBUF_INIT(100);
	size_t n;
	char *s;

	assert_string_equal(strbuf_str(&sb), "");
	strbuf_addstr(&sb, "hello world");
	strbuf_consume(&sb, 6);
	assert_string_equal(strbuf_str(&sb), "world");
	strbuf_consume(&sb, 100);
	assert_int_equal(sb.len, 0);
	strbuf_addstr(&sb, "again");
	s = strbuf_detach(&sb, &n);
	assert_string_equal(s, "again");
	assert_int_equal(n, 5);
	free(s);
	s = strbuf_detach(&sb, NULL);
	assert_string_equal(s, "");
	free(s);
}

static void strv_splits_and_removes(void **state)
{
	struct strv sv = STRV_INIT;

	strv_split(&sv, " a, b,,c ", " ,");
	assert_int_equal(sv.n, 3);
	assert_true(strv_has(&sv, "b"));
	strv_remove(&sv, 1);
	assert_false(strv_has(&sv, "b"));
	assert_string_equal(sv.v[1], "c");
	assert_null(sv.v[2]);
	strv_release(&sv);
}

static void err_adds_context_outward(void **state)
{
	struct err err = ERR_INIT;

	assert_int_equal(err_errno(&err, ENOENT, "cannot open %s", "x"), -ENOENT);
	assert_int_equal(err_wrap(&err, "image %s", "debian"), -ENOENT);
	assert_string_equal(err.text, "image debian: cannot open x: No such file or directory");
	assert_int_equal(err_exit_status(&err), 3);
	assert_int_equal(err_usage(&err, "bad"), -EINVAL);
	assert_int_equal(err_exit_status(&err), 2);
	assert_int_equal(err_set(NULL, EIO, "x"), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ceiling_refuses_whole),
		cmocka_unit_test(consume_and_detach),
		cmocka_unit_test(strv_splits_and_removes),
		cmocka_unit_test(err_adds_context_outward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
