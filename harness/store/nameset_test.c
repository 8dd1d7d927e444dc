/* SPDX-License-Identifier: MIT */
#include "store/nameset.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* More than what of the database is in memory; names differ wherever they differ. */
static void each_comes_once(void **state)
{
	struct nameset *s = NULL;
	struct err err = ERR_INIT;
	char name[40];

	assert_int_equal(nameset_new(&s, &err), 0);
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "a name that is long enough %d", i * 7919 % 20000);
		assert_int_equal(nameset_add(s, name, &err), 0);
	}
	for (int i = 0; i < 20000; i += 997) {
		snprintf(name, sizeof(name), "a name that is long enough %d", i);
		assert_int_equal(nameset_add(s, name, &err), -EEXIST);
	}
	assert_int_equal(nameset_add(s, "A name that is long enough 1", &err), 0);
	assert_int_equal(nameset_add(s, "", &err), 0);
	assert_int_equal(nameset_add(s, "", &err), -EEXIST);
	assert_int_equal(nameset_add(s, "\xff'", &err), 0);
	assert_int_equal(nameset_add(s, "\xff'", &err), -EEXIST);
	nameset_free(s);
	nameset_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_comes_once)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
