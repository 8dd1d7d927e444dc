/* SPDX-License-Identifier: MIT */
#include "volumes.h"

#include "image_double.h"
#include "problems.h"

static void make(struct image_double *d)
{
	image_double_begin(d);
	image_double_file(d, "in/user-data", "#cloud-config\n");
	image_double_run(
		d, "PATH=$PATH:/sbin:/usr/sbin; xorriso -as mkisofs -R -V cidata -o iso9660 in; "
		   "mkfs.vfat -n CIDATA -C vfat 1440 && mcopy -i vfat in/user-data :: && "
		   "mke2fs -q -t ext4 -L cidata ext4 2M && head -c 99999 /dev/urandom >noise && "
		   "mkfifo fifo && : >none");
}

static int open_image(struct volume *ret, const struct image_double *d, const char *name)
{
	_autofree_ char *path = path_join(d->dir, name);

	return volume_open(ret, path, NULL);
}

static void kinds_are_told_apart(void **state)
{
	_cleanup_(image_double_release) struct image_double d;

	make(&d);
	for (int kind = VOLUME_ISO9660; kind <= VOLUME_EXT4; kind++) {
		_cleanup_(volume_release) struct volume v = {.fd = -1};

		assert_int_equal(open_image(&v, &d, volume_kind_name(kind)), 0);
		assert_int_equal(v.kind, kind);
		assert_int_equal(strcasecmp(v.label, "cidata"), 0);
	}
}

static void what_is_no_volume_is_refused(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	struct volume v;

	make(&d);
	assert_int_equal(open_image(&v, &d, "noise"), -EMEDIUMTYPE);
	assert_int_equal(open_image(&v, &d, "none"), -EMEDIUMTYPE);
	assert_int_equal(open_image(&v, &d, "nothing"), -ENOENT);
	assert_int_equal(open_image(&v, &d, "in"), -ENOTBLK);
	assert_int_equal(open_image(&v, &d, "fifo"), -ENOTBLK);
}

static void a_file_that_is_not_there_is_no_problem(void **state)
{
	_cleanup_(image_double_release) struct image_double d;
	_autofree_ char *text = NULL;
	size_t n;

	make(&d);
	for (int kind = VOLUME_ISO9660; kind <= VOLUME_VFAT; kind++) {
		_cleanup_(volume_release) struct volume v = {.fd = -1};
		_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;

		assert_int_equal(open_image(&v, &d, volume_kind_name(kind)), 0);
		assert_true(volume_take(&v, "user-data", 100, &text, &n, &problems));
		assert_string_equal(text, "#cloud-config\n");
		assert_int_equal(n, strlen(text));
		assert_false(volume_take(&v, "meta-data", 100, &text, &n, &problems));
		assert_int_equal(problems.n, 0);
		assert_false(volume_take(&v, "user-data", 5, &text, &n, &problems));
		assert_int_equal(problems.n, 1);
		assert_string_equal(text, "#cloud-config\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(what_is_no_volume_is_refused),
		cmocka_unit_test(a_file_that_is_not_there_is_no_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
