/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "wire/suite_record.h"

static struct strbuf seen = STRBUF_INIT(1u << 20);

static void on_begin(void *arg, unsigned long number, uint64_t limit_ms)
{
	strbuf_addf(&seen, "begin %lu %lu|", number, (unsigned long)limit_ms);
}

static void on_output(void *arg, unsigned long number, const char *data, size_t n)
{
	strbuf_add(&seen, data, n);
}

static void on_file(void *arg, unsigned long number, const char *data, size_t n)
{
	if (data)
		strbuf_add(&seen, data, n);
	else
		strbuf_addstr(&seen, "|file|");
}

static void on_end(void *arg, unsigned long number, const struct suite_end *end, uint64_t time_us)
{
	strbuf_addf(&seen, "end %lu %d%s%s%s %lu|", number, end->status, end->limit ? " limit" : "",
		    end->stopped ? " stopped" : "", end->cut ? " cut" : "", (unsigned long)time_us);
}

static void on_error(void *arg, const char *text)
{
	strbuf_addf(&seen, "error: %s|", text);
}

static void check(const char *text, const char *want)
{
	const struct suite_record_listener listener = {.on_begin = on_begin,
						       .on_output = on_output,
						       .on_file = on_file,
						       .on_end = on_end,
						       .on_error = on_error};

	for (size_t piece = 1; piece < 30; piece += 7) {
		struct suite_record *r = suite_record_new(&listener, 10);
		size_t n = strlen(text);

		strbuf_reset(&seen);
		for (size_t at = 0; at < n; at += piece)
			suite_record_feed(r, text + at, n - at < piece ? n - at : piece);
		suite_record_free(r);
		assert_string_equal(strbuf_str(&seen), want);
	}
	strbuf_release(&seen);
	seen = (struct strbuf)STRBUF_INIT(1u << 20);
}

static void a_stream(void **state)
{
	check("suite 1 3\ne 0 x 0 12 0\nb 1 500\no 1 6\na\nb 2\n\ne 1 x 256 9 0\nb 2 7\nf 2 2\n{}\n"
	      "e 2 t 9 7000 5\ne 3 n 2 0 0\n",
	      "begin 0 0|end 0 0 12|begin 1 500|a\nb 2\nend 1 256 9|begin 2 7|{}|file|end 2 9 "
	      "limit "
	      "cut 7000|begin 3 0|end 3 2 stopped 0|");
}

static void what_is_no_record(void **state)
{
	check("b 1 1\nsuite 2 1\nsuite 1 1\nsuite 1 1\nb 10 1\nb 1\nx 1\nhello\ne 1 q 0 0 0\ne 1 x "
	      "0 0\n",
	      "error: a record before the version line|error: a version line that is none, or a "
	      "second "
	      "one|error: a version line that is none, or a second one|error: a begin record that "
	      "is "
	      "none|error: a begin record that is none|error: a record of no kind|error: a record "
	      "of no "
	      "kind|error: an end record that is none|error: an end record that is none|");
	check("suite 1 1\nb 1 1\nb 2 1\ne 2 x 0 0 0\no 2 1\nz\ne 1 x 0 0 0\n",
	      "begin 1 1|error: a case begins while another is open|error: the end of a case that "
	      "is "
	      "not open|error: output of a case that is not open|end 1 0 0|");
	check("suite 1 1\no 1 99999999\nb 1 1\no 1 1\nab\ne 1 x 0 0 0\n",
	      "error: an output record that is none|begin 1 1|aerror: a payload that is longer "
	      "than it "
	      "said|error: a record of no kind|end 1 0 0|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream),
		cmocka_unit_test(what_is_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
