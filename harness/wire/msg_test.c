/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "wire/msg.h"

static void what_is_written_is_read(void **state)
{
	struct msg_writer w;
	uint64_t n = 0;
	char buf[200], text[20];
	struct msg m;

	msg_begin(&w, buf, sizeof(buf), "put");
	msg_u64(&w, "id", 18446744073709551615u);
	msg_u64(&w, "zero", 0);
	msg_str(&w, "path", "/a=b c");
	msg_end_head(&w);
	msg_add(&w, "bo\n\ndy\0", 7);
	assert_false(w.failed);
	assert_true(msg_parse(buf, w.len, &m));
	assert_true(msg_is(&m, "op", "put"));
	assert_false(msg_is(&m, "op", "pu"));
	assert_true(msg_get_str(&m, "path", text, sizeof(text)));
	assert_string_equal(text, "/a=b c");
	assert_true(msg_get_u64(&m, "zero", &n) && n == 0);
	assert_false(msg_get_u64(&m, "id", &n)); /* 20 digits may overflow: not taken */
	assert_false(msg_get_u64(&m, "path", &n));
	assert_false(msg_get_str(&m, "pat", text, sizeof(text)));
	assert_int_equal(m.body_len, 7);
	assert_memory_equal(m.body, "bo\n\ndy\0", 7);
}

static void bad_writes_fail_as_a_whole(void **state)
{
	struct msg_writer w;
	char buf[20];

	msg_begin(&w, buf, sizeof(buf), "put");
	msg_str(&w, "k", "a\nb");
	assert_true(w.failed);
	msg_begin(&w, buf, sizeof(buf), "put");
	msg_str(&w, "key", "long long value");
	msg_str(&w, "k", "v");
	assert_true(w.failed);
	assert_true(w.len <= sizeof(buf));
}

static void bad_heads_are_refused(void **state)
{
	static const char *const bad[] = {"", "op=x", "op=x\n", "op\n\n", "a=b\nnonsense\n\n"};
	char small[3];
	struct msg m;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(msg_parse(bad[i], strlen(bad[i]), &m));
	assert_true(msg_parse("\nbody", 5, &m));
	assert_int_equal(m.body_len, 4);
	assert_false(msg_is(&m, "op", "x"));
	assert_true(msg_parse("k=a\0b\nlong=abc\n\n", 16, &m));
	assert_false(msg_get_str(&m, "k", small, sizeof(small)));
	assert_false(msg_get_str(&m, "long", small, sizeof(small)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(bad_writes_fail_as_a_whole),
		cmocka_unit_test(bad_heads_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
