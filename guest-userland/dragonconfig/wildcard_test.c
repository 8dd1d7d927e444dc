/* SPDX-License-Identifier: MIT */
#include "wildcard.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"

/* The C library's own is the one to agree with. */
static void as_the_c_library_has_it(void **state)
{
	static const char *const patterns[] = {
		"eth0",	     "eth*",	 "*",	    "e?h0",   "??*0",	 "[a-f]th0",
		"[!a-f]th0", "eth[0-3]", "*[1-9]",  "*t*0",   "en*s*f?", "",
		"**",	     "eth0*",	 "[]e]th0", "e*h*h0", "[a-]th0", "[-e]th0"};
	static const char *const names[] = {"eth0", "eth1", "eth10", "enp0s3f0", "ens", "",
					    "e",    "fth0", "-th0",  "]th0",	 "a"};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			if (wildcard_matches(patterns[i], names[k]) !=
			    (fnmatch(patterns[i], names[k], 0) == 0))
				fail_msg("%s and %s", patterns[i], names[k]);
}

static void a_set_without_end_is_a_letter(void **state)
{
	assert_true(wildcard_matches("[ab", "[ab"));
	assert_false(wildcard_matches("[ab", "a"));
	assert_true(wildcard_matches("a[", "a["));
	assert_false(wildcard_matches("a[!", "ab"));
	assert_false(wildcard_matches("[a-", "a"));
}

/* Tried one way after the other it would take longer than there is time. */
static void stars_without_number_end(void **state)
{
	char pattern[4001], name[2001];

	for (size_t i = 0; i < 2000; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	memset(name, 'a', 2000);
	pattern[4000] = name[2000] = '\0';
	assert_true(wildcard_matches(pattern, name));
	name[1999] = 'b';
	assert_false(wildcard_matches(pattern, name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_c_library_has_it),
		cmocka_unit_test(a_set_without_end_is_a_letter),
		cmocka_unit_test(stars_without_number_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
