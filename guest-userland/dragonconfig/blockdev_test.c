/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "blockdev.h"

static void is_part(const char *device, const char *disk, unsigned int number)
{
	_autofree_ char *got = NULL;
	unsigned int n = 0;

	assert_true(blockdev_split(device, &got, &n));
	assert_string_equal(got, disk);
	assert_int_equal(n, number);
}

static void names_of_partitions(void **arg)
{
	static const char *const others[] = {
		"/dev/vda",
		"/dev/nvme0n1p",
		"/dev/vda0",
		"/dev/dm-0",
		"/dev/sda123456789012",
		"/dev/mmcblk0p0",
		"",
		"1",
		"/1",
	};
	unsigned int n;
	char *disk;

	(void)arg;
	is_part("/dev/vda1", "/dev/vda", 1);
	is_part("/dev/sdaa15", "/dev/sdaa", 15);
	is_part("/dev/nvme0n1p2", "/dev/nvme0n1", 2);
	is_part("/dev/mmcblk1p3", "/dev/mmcblk1", 3);
	is_part("/dev/xvda128", "/dev/xvda", 128);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(blockdev_split(others[i], &disk, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_of_partitions)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
