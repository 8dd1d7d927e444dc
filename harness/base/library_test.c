/* SPDX-License-Identifier: MIT */
#include "base/library.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static double (*cosine)(double);
static void *other;

static void test_first_file_that_is_there(void **state)
{
	const struct library_call calls[] = {{"cos", (void **)&cosine}, {NULL, NULL}};
	struct library lib = {.files = {"libnot-there.so.1", "libm.so.6"}, .calls = calls};

	assert_int_equal(library_load(&lib, NULL), 0);
	assert_non_null(lib.handle);
	assert_true(cosine(0) == 1);
	/* Not looked up again. */
	cosine = NULL;
	assert_int_equal(library_load(&lib, NULL), 0);
	assert_null(cosine);
}

static void test_no_file(void **state)
{
	const struct library_call calls[] = {{"cos", &other}, {NULL, NULL}};
	struct library lib = {.files = {"libnot-there.so.1"}, .calls = calls};
	struct err err = ERR_INIT;

	assert_int_equal(library_load(&lib, &err), -ENOENT);
	assert_non_null(strstr(err.text, "libnot-there.so.1"));
	assert_null(lib.handle);
}

static void test_lacks_a_call(void **state)
{
	const struct library_call calls[] = {
		{"cos", &other}, {"no_such_cosine", &other}, {NULL, NULL}};
	struct library lib = {.files = {"libm.so.6"}, .calls = calls};
	struct err err = ERR_INIT;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(library_load(&lib, &err), -ENOSYS);
		assert_non_null(strstr(err.text, "no_such_cosine"));
		assert_null(lib.handle);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_file_that_is_there),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_lacks_a_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
