/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "diagnose/errno4095.h"

static void test_errno(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} texts[] = {
		{"tcsbrk: r=-1 errno=4095 No error information", true},
		{"read: Unknown error 4095", true},
		{"expected EINVAL, got errno 4095\n", true},
		{"{\"errno\":4095}", true},
		{"ERRNO: -4095", true},
		{"4095", false},
		{"wrote 4095 bytes", false},
		{"errno 14095", false},
		{"errno 40951", false},
		{"errno 5, wrote 4095", false},
		{"an error\n4095", false},
		{"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (errno4095_in(texts[i].text, strlen(texts[i].text)) != texts[i].is)
			fail_msg("%s", texts[i].text);
	assert_true(errno4095_is(4095));
	assert_true(errno4095_is(-4095));
	assert_false(errno4095_is(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
