/* SPDX-License-Identifier: MIT */
#include "metadata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

static void lines(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{"i-1", "i-1"},	    {" i-1\r\n", "i-1"},
		{"", NULL},	    {" \n", NULL},
		{"a\nb", NULL},	    {"a\x1b[2J", NULL},
		{"web 1", "web 1"}, {"\xe6\x9c\xaa", "\xe6\x9c\xaa"},
	};
	char longest[300];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_autofree_ char *text = xstrdup(cases[i].text);

		assert_int_equal(metadata_line(text), cases[i].line != NULL);
		if (cases[i].line)
			assert_string_equal(text, cases[i].line);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(metadata_line(longest));
}

static void pages(void **state)
{
	assert_true(metadata_is_page("<html>", 6));
	assert_true(metadata_is_page("\xef\xbb\xbf \n<!DOCTYPE", 14));
	assert_false(metadata_is_page("", 0));
	assert_false(metadata_is_page(" \n", 2));
	assert_false(metadata_is_page("i-1 <", 5));
	assert_false(metadata_is_page("#!/bin/sh\n<x", 12));
}

static void keys(void **state)
{
	static const char *const good[] = {
		"ssh-ed25519 AAAAC3Nz me@host",
		"ecdsa-sha2-nistp256 AAAAE2Vj",
		"sk-ssh-ed25519@openssh.com AAAAGnNr",
	};
	static const char *const bad[] = {"",
					  "<html>",
					  "ssh-rsa",
					  "ssh-rsa BBBB",
					  "command=\"x\" ssh-rsa AAAA",
					  "ssh-rsa AAAA\x01"};
	_cleanup_(strv_release) struct strv names = STRV_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(metadata_is_key(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(metadata_is_key(bad[i]));
	metadata_key_names("0=my key\r\n1/\n../../x\n0=again\na b\n\nmine", &names);
	assert_int_equal(names.n, 3);
	assert_string_equal(names.v[0], "0");
	assert_string_equal(names.v[1], "1");
	assert_string_equal(names.v[2], "mine");
}

static void macs(void **state)
{
	_cleanup_(strv_release) struct strv all = STRV_INIT;

	metadata_macs("52:54:00:00:00:01/\n52:54:00:00:00:02\nxx:54:00:00:00:02\n52:54\n"
		      "52:54:00:00:00:01/\n52-54-00-00-00-03/\n",
		      &all);
	assert_int_equal(all.n, 2);
	assert_string_equal(all.v[1], "52:54:00:00:00:02");
}

static void an_instance_goes_through_a_pipe(void **state)
{
	_cleanup_(instance_release) struct instance in = {0}, out = {0};
	_cleanup_(problems_release) struct problems told = PROBLEMS_INIT, came = PROBLEMS_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(10000);
	const char *p;

	in.id = xstrdup("i-1");
	in.user_data = memcpy(xmalloc(4), "a\0b", 4);
	in.user_size = 3;
	in.vendor_data = xstrdup("");
	in.password = xstrdup("$6$");
	in.random_seed = xstrdup("seed");
	in.password_is_hash = in.is_partial = true;
	strv_push(&in.keys, "ssh-ed25519 AAAA");
	problem_warn(&told, 7, "seven");
	problem_error(&told, 0, "none");
	instance_pack(&sb, &in, &told);
	for (size_t n = 0; n < sb.len; n++) {
		_cleanup_(problems_release) struct problems cut = PROBLEMS_INIT;

		p = sb.buf;
		assert_true(instance_unpack(&p, sb.buf + n, &out, &cut) < 0);
		assert_null(out.id);
	}
	p = sb.buf;
	assert_int_equal(instance_unpack(&p, sb.buf + sb.len, &out, &came), 0);
	assert_ptr_equal(p, sb.buf + sb.len);
	assert_string_equal(out.id, "i-1");
	assert_int_equal(out.user_size, 3);
	assert_memory_equal(out.user_data, "a\0b", 4);
	assert_string_equal(out.vendor_data, "");
	assert_string_equal(out.random_seed, "seed");
	assert_null(out.network);
	assert_true(out.password_is_hash && out.is_partial);
	assert_int_equal(out.keys.n, 1);
	assert_int_equal(came.n, 2);
	assert_int_equal(came.errors, 1);
	assert_int_equal(came.list[0].line, 7);
	assert_string_equal(came.list[1].text, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(pages),
		cmocka_unit_test(keys),
		cmocka_unit_test(macs),
		cmocka_unit_test(an_instance_goes_through_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
