/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/strbuf.h"
#include "wire/jsonw.h"

static int add(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

static json_t *parse(const struct strbuf *sb)
{
	json_error_t error;
	json_t *j = json_loadb(strbuf_str(sb), sb->len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES,
			       &error);

	if (!j)
		fail_msg("%s at %d: %s", error.text, error.position, strbuf_str(sb));
	return j;
}

static void nested(void **state)
{
	for (int pretty = 0; pretty < 2; pretty++) {
		struct strbuf sb = STRBUF_INIT(4096);
		struct jsonw w;
		json_t *j;

		jsonw_init(&w, (struct sink){add, &sb}, pretty);
		jsonw_begin_object(&w, NULL);
		jsonw_string(&w, "s", "x");
		jsonw_string(&w, "none", NULL);
		jsonw_begin_array(&w, "a");
		jsonw_int(&w, NULL, INT64_MIN);
		jsonw_uint(&w, NULL, 7);
		jsonw_begin_object(&w, NULL);
		jsonw_end_object(&w);
		jsonw_end_array(&w);
		jsonw_bool(&w, "b", true);
		jsonw_double(&w, "d", 0.1);
		jsonw_micros(&w, "us", 1700000000000042);
		jsonw_double(&w, "nan", NAN);
		jsonw_double(&w, "inf", INFINITY);
		jsonw_end_object(&w);
		assert_int_equal(jsonw_finish(&w), 0);
		j = parse(&sb);
		assert_int_equal(json_array_size(json_object_get(j, "a")), 3);
		assert_true(json_integer_value(json_array_get(json_object_get(j, "a"), 0)) ==
			    INT64_MIN);
		assert_true(json_is_true(json_object_get(j, "b")));
		assert_true(json_is_null(json_object_get(j, "none")));
		assert_true(json_is_null(json_object_get(j, "nan")));
		assert_true(json_is_null(json_object_get(j, "inf")));
		assert_memory_equal(&(double){json_real_value(json_object_get(j, "d"))},
				    &(double){0.1}, sizeof(double));
		assert_non_null(strstr(strbuf_str(&sb), "1700000000.000042"));
		assert_int_equal(strchr(strbuf_str(&sb), '\n') == sb.buf + sb.len - 1, !pretty);
		json_decref(j);
		strbuf_release(&sb);
	}
}

/* Every byte, every pair of bytes: valid JSON, and what was valid UTF-8 reads back the same. */
static void any_bytes(void **state)
{
	for (int a = 0; a < 256; a++) {
		for (int b = 0; b < 256; b += a < 0x80 ? 85 : 1) {
			struct strbuf sb = STRBUF_INIT(256);
			char text[2] = {(char)a, (char)b};
			struct jsonw w;

			jsonw_init(&w, (struct sink){add, &sb}, false);
			jsonw_begin_array(&w, NULL);
			jsonw_string_n(&w, NULL, text, 2);
			jsonw_end_array(&w);
			assert_int_equal(jsonw_finish(&w), 0);
			if (a && b) {
				json_t *j = parse(&sb);
				const char *back = json_string_value(json_array_get(j, 0));

				if (a < 0x80 && b < 0x80)
					assert_memory_equal(back, text, 2);
				json_decref(j);
			}
			strbuf_release(&sb);
		}
	}
}

static void misuse_is_told(void **state)
{
	struct strbuf sb = STRBUF_INIT(4096);
	struct jsonw w;

	jsonw_init(&w, (struct sink){add, &sb}, false);
	jsonw_begin_object(&w, NULL);
	jsonw_int(&w, NULL, 1);
	jsonw_end_object(&w);
	assert_int_equal(jsonw_finish(&w), -EINVAL);
	jsonw_init(&w, (struct sink){add, &sb}, false);
	jsonw_begin_array(&w, NULL);
	assert_int_equal(jsonw_finish(&w), -EINVAL);
	jsonw_init(&w, (struct sink){add, &sb}, false);
	jsonw_end_array(&w);
	assert_int_equal(jsonw_finish(&w), -EINVAL);
	jsonw_init(&w, (struct sink){add, &sb}, false);
	for (int i = 0; i <= JSONW_MAX_DEPTH; i++)
		jsonw_begin_array(&w, NULL);
	assert_int_equal(jsonw_finish(&w), -EINVAL);
	strbuf_release(&sb);
}

static void full_sink_is_told(void **state)
{
	struct strbuf sb = STRBUF_INIT(8);
	struct jsonw w;

	jsonw_init(&w, (struct sink){add, &sb}, false);
	jsonw_string(&w, NULL, "much longer than the sink");
	assert_int_equal(jsonw_finish(&w), -E2BIG);
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested),
		cmocka_unit_test(any_bytes),
		cmocka_unit_test(misuse_is_told),
		cmocka_unit_test(full_sink_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
