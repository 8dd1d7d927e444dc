/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "wire/escape.h"

static void becomes(unsigned int mode, const char *in, const char *out)
{
	_autofree_ char *got = escape_dup(mode, in);

	assert_string_equal(got, out);
}

static void terminal(void **state)
{
	becomes(ESCAPE_TEXT, NULL, "");
	becomes(ESCAPE_TEXT, "plain\n\ttext", "plain\n\ttext");
	becomes(ESCAPE_TEXT | ESCAPE_ONE_LINE, "plain\n\ttext\r\n", "plain  text ");
	becomes(ESCAPE_TEXT, "\x1b[1;37mpanic\x1b[0m!", "panic!");
	becomes(ESCAPE_TEXT, "\x1b]0;title\x07rest", "rest");
	becomes(ESCAPE_TEXT, "\x1b]0;title\x1b\\rest", "rest");
	becomes(ESCAPE_TEXT, "\x1b]0;never ended\nnext", "]0;never ended\nnext");
	becomes(ESCAPE_TEXT, "\x1b[2", "[2");
	becomes(ESCAPE_TEXT, "\x1b", "");
	becomes(ESCAPE_TEXT,
		"\x1b"
		"cdone",
		"done");
	becomes(ESCAPE_TEXT, "a\x07\x08\x7f", "a\\x07\\x08\\x7f");
	/* C1 controls, alone and as UTF-8: a terminal may obey both. */
	becomes(ESCAPE_TEXT,
		"\x9b"
		"31m",
		"\\x9b31m");
	becomes(ESCAPE_TEXT,
		"\xc2\x9b"
		"31m",
		"\\u{9b}31m");
	becomes(ESCAPE_TEXT,
		"a\xe2\x80\xae"
		"b",
		"a\\u{202e}b");
	becomes(ESCAPE_TEXT, "\xe4\xb8\xad\xf0\x9f\x90\x89", "\xe4\xb8\xad\xf0\x9f\x90\x89");
	/* Overlong, surrogate, past the end, cut. */
	becomes(ESCAPE_TEXT, "\xc0\xaf", "\\xc0\\xaf");
	becomes(ESCAPE_TEXT, "\xed\xa0\x80", "\\xed\\xa0\\x80");
	becomes(ESCAPE_TEXT, "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
	becomes(ESCAPE_TEXT, "\xe4\xb8", "\\xe4\\xb8");
}

static void markup(void **state)
{
	becomes(ESCAPE_MARKUP, "<script>alert(\"1\" & '2')</script>",
		"&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
	becomes(ESCAPE_MARKUP, "]]>\x01\xff", "]]&gt;\\x01\\xff");
	becomes(ESCAPE_MARKUP, "\xef\xbf\xbe", "\\u{fffe}");
}

static void markdown(void **state)
{
	becomes(ESCAPE_MARKDOWN | ESCAPE_ONE_LINE, "a|b`c`\n<x> @me #1 _i_",
		"a\\|b\\`c\\` &lt;x&gt; &#64;me \\#1 \\_i\\_");
	becomes(ESCAPE_MARKDOWN, "[x](y)", "\\[x\\]\\(y\\)");
}

/* Nothing that a terminal obeys comes out, whatever goes in. */
static void nothing_hostile_passes(void **state)
{
	static const unsigned int modes[] = {ESCAPE_TEXT, ESCAPE_MARKUP, ESCAPE_MARKDOWN};

	srand(7);
	for (int round = 0; round < 20000; round++) {
		struct strbuf sb = STRBUF_INIT(4096);
		char in[24];
		uint32_t code;

		for (size_t i = 0; i < sizeof(in); i++)
			in[i] = (char)(rand() % 4
					       ? "\x1b[]m\xc2\x9b\xe2\x80\xae<\n\x07"[rand() % 12]
					       : rand());
		assert_int_equal(
			escape_add(&sb, modes[round % 3] | ESCAPE_ONE_LINE, in, sizeof(in)), 0);
		for (size_t at = 0, len; at < sb.len; at += len) {
			len = utf8_next(sb.buf + at, sb.len - at, &code);
			assert_true(len > 0);
			assert_true(code >= 0x20 && (code < 0x7f || code > 0x9f));
			assert_true(code != 0x202e);
		}
		strbuf_release(&sb);
	}
}

static void columns(void **state)
{
	assert_int_equal(utf8_columns("abc"), 3);
	assert_int_equal(utf8_columns("\xe4\xb8\xad"
				      "a"),
			 3);
	assert_int_equal(utf8_columns("\xc3\xa9"), 1);
	assert_int_equal(utf8_fit("abc", 2), 2);
	assert_int_equal(utf8_fit("\xe4\xb8\xad"
				  "a",
				  1),
			 0);
	assert_int_equal(utf8_fit("\xe4\xb8\xad"
				  "a",
				  2),
			 3);
	assert_int_equal(utf8_fit("a", 9), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminal), cmocka_unit_test(markup),
		cmocka_unit_test(markdown), cmocka_unit_test(nothing_hostile_passes),
		cmocka_unit_test(columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
