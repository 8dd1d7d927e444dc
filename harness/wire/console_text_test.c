/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "wire/console_text.h"

/* Lines as "first|text|last@offset-end;" */
struct sink {
	struct strbuf sb;
	bool with_offsets;
	uint64_t end;
};

static void on_line(void *arg, const struct console_line *line)
{
	struct sink *s = arg;

	assert_true(line->offset <= line->end);
	assert_true(line->end >= s->end);
	s->end = line->end;
	strbuf_addstr(&s->sb, line->first ? "" : "+");
	strbuf_add(&s->sb, line->text, line->n);
	strbuf_addstr(&s->sb, line->last ? "" : "-");
	if (s->with_offsets)
		strbuf_addf(&s->sb, "@%llu-%llu", (unsigned long long)line->offset,
			    (unsigned long long)line->end);
	strbuf_addch(&s->sb, ';');
}

static void run(struct sink *s, const char *in, size_t n, size_t step, size_t max)
{
	struct console_text ct;

	console_text_init(&ct, max, max / 4, on_line, s);
	for (size_t i = 0; i < n; i += step)
		console_text_feed(&ct, in + i, n - i < step ? n - i : step);
	console_text_flush(&ct);
	console_text_release(&ct);
}

static const struct {
	const char *in, *out;
} cases[] = {
	{"", ""},
	{"a\nb\n", "a;b;"},
	{"a\r\nb\r\r\n", "a;b;"},
	{"a\n\rb\n\r\rc", "a;b;c-;"},
	{"\n\n", ";;"},
	{"10%\r20%\r\nx", "10%;20%;x-;"},
	{"\ra", "a-;"},
	{"a\r", "a-;"},
	{"\x1b[31mred\x1b[0m\nx\n", "red;x;"},
	{"\x1b]0;broken\nnext\n", "]0;broken;next;"},
	{"no end", "no end-;"},
	{"tab\there\n", "tab\there;"},
	{"\x1b[0m\r\n\x1b[0m\r\n", ";;"},
};

static void test_lines(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t step = 1; step < 12; step++) {
			struct sink s = {.sb = STRBUF_INIT(4096)};

			run(&s, cases[i].in, strlen(cases[i].in), step, 64);
			assert_string_equal(strbuf_str(&s.sb), cases[i].out);
			strbuf_release(&s.sb);
		}
}

static void test_offsets(void **state)
{
	static const char in[] = "ab\r\n\x1b[1mcd\n\nef";

	for (size_t step = 1; step < 20; step++) {
		struct sink s = {.sb = STRBUF_INIT(4096), .with_offsets = true};

		run(&s, in, strlen(in), step, 64);
		assert_string_equal(strbuf_str(&s.sb), "ab@0-4;cd@4-11;@11-12;ef-@12-14;");
		strbuf_release(&s.sb);
	}
}

/* Pieces of at most max bytes, the last quarter of each repeated by the next. */
static void test_long_line(void **state)
{
	for (size_t step = 1; step < 30; step++) {
		struct sink s = {.sb = STRBUF_INIT(4096)};

		run(&s, "0123456789abcdefgh\nx\n", 21, step, 8);
		assert_string_equal(strbuf_str(&s.sb), "01234567-;+6789abcd-;+cdefgh;x;");
		strbuf_release(&s.sb);
	}
}

/* What is given back of a sequence that was none stands nowhere past the end of the stream. */
static void test_places_of_what_is_given_back(void **state)
{
	struct sink s = {.sb = STRBUF_INIT(65536)};
	char in[2000];

	memset(in, 'x', sizeof(in));
	for (size_t i = 0; i < sizeof(in); i += 150)
		memcpy(in + i, "\x1b]", 2);
	run(&s, in, sizeof(in), 1, 16);
	assert_int_equal(s.end, sizeof(in));
	strbuf_release(&s.sb);
}

static void test_nul_is_a_byte(void **state)
{
	struct sink s = {.sb = STRBUF_INIT(4096)};

	run(&s, "a\0b\n", 4, 4, 64);
	assert_int_equal(s.sb.len, 4);
	assert_memory_equal(s.sb.buf, "a\0b;", 4);
	strbuf_release(&s.sb);
}

static void test_sanitize(void **state)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{"plain\ttext\n", "plain\ttext\n"},
		{"\x01\x1b\x7f", "???"},
		{"\xe5\x86\x85\xe5\xad\x98", "\xe5\x86\x85\xe5\xad\x98"},
		{"\xe5\x86", "??"},
		{"\xff\xfe\xc0\xaf", "????"},
		{"\xed\xa0\x80", "???"},		     /* a surrogate */
		{"\xf4\x90\x80\x80", "????"},		     /* past the last character */
		{"\xe0\x80\xaf\xf0\x80\x80\xaf", "???????"}, /* longer than need be */
		{"\xc2\x9b"
		 "31m",
		 "??31m"}, /* an escape sequence in one character */
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char text[32];
		size_t n = strlen(texts[i].in);

		memcpy(text, texts[i].in, n + 1);
		console_text_sanitize(text, n);
		assert_string_equal(text, texts[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_nul_is_a_byte),
		cmocka_unit_test(test_places_of_what_is_given_back),
		cmocka_unit_test(test_sanitize),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
