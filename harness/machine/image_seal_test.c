/* SPDX-License-Identifier: MIT */
/* Two files that qemu-img makes of one disk differ by time and chance; sealed they are the same
 * bytes, and still that disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/proc.h"
#include "base/sha256.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "machine/image_make.h"

#define LIMIT (200 * SEC)
#define SEED  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct loop *loop;
static char dir[] = "/tmp/image_seal.XXXXXX";

static int run(char *const *argv)
{
	struct proc_spec spec = PROC_SPEC_INIT;
	int status;

	spec.argv = argv;
	return proc_run(loop, &spec, deadline_in(LIMIT), NULL, NULL, &status, NULL) < 0 ? -1
											: status;
}

static int set_up(void **state)
{
	_autofree_ char *raw = NULL;
	char *version[] = {"qemu-img", "--version", NULL};
	char *data;
	int r;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(loop_new(&loop, NULL), 0);
	raw = path_join(dir, "raw");
	data = xcalloc(1, 4u << 20);
	memset(data + 100000, 'x', 300000);
	r = file_write_atomic(raw, data, 4u << 20, 0600, NULL);
	free(data);
	assert_int_equal(r, 0);
	*state = run(version) == 0 ? "" : NULL;
	return 0;
}

static int tear_down(void **state)
{
	rm_rf(dir, NULL);
	loop_free(loop);
	return 0;
}

static void make_one(char *format, char *options, char *to)
{
	_autofree_ char *raw = path_join(dir, "raw");
	char *argv[] = {"qemu-img", "convert", "-f", "raw", "-O", format,
			"-o",	    options,   raw,  to,    NULL};

	assert_int_equal(run(argv), 0);
}

static void check_format(void **state, enum disk_format format, char *driver, char *options)
{
	_autofree_ char *raw = path_join(dir, "raw"), *one = path_join(dir, "x"),
			*two = path_join(dir, "two");
	char *compare[] = {"qemu-img", "compare", "-f", driver, "-F", "raw", one, raw, NULL};
	char a[65], b[65], c[65];

	if (!*state)
		skip();
	make_one(driver, options, one);
	assert_int_equal(image_seal(one, format, SEED, NULL), 0);
	assert_int_equal(rename(one, two), 0);
	make_one(driver, options, one);
	assert_int_equal(file_sha256(one, c, NULL), 0);
	assert_int_equal(image_seal(one, format, SEED, NULL), 0);
	assert_int_equal(file_sha256(one, a, NULL), 0);
	assert_int_equal(file_sha256(two, b, NULL), 0);
	assert_string_equal(a, b);
	/* It did something. */
	assert_string_not_equal(a, c);
	assert_int_equal(run(compare), 0);
}

static void vhd(void **state)
{
	check_format(state, DISK_VHD, "vpc", "subformat=dynamic,force_size=on");
}

static void vhd_fixed(void **state)
{
	check_format(state, DISK_VHD, "vpc", "subformat=fixed,force_size=on");
}

static void vmdk(void **state)
{
	check_format(state, DISK_VMDK, "vmdk", "subformat=streamOptimized");
}

/* qemu-img writes the number that chance gave without its leading zeros. */
static void shorten_cid(const char *path)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1u << 20);
	char *cid, *tail, *end;

	assert_int_equal(file_read(path, &sb, NULL), 0);
	cid = memmem(sb.buf, sb.len, "\nCID=", 5);
	assert_non_null(cid);
	cid += 5;
	tail = cid + strcspn(cid, "\n");
	end = tail + strlen(tail);
	memcpy(cid, "abc", 3);
	memmove(cid + 3, tail, (size_t)(end - tail));
	memset(cid + 3 + (end - tail), 0, (size_t)(tail - cid) - 3);
	assert_int_equal(file_write_atomic(path, sb.buf, sb.len, 0600, NULL), 0);
}

static void vmdk_short_cid(void **state)
{
	_autofree_ char *one = path_join(dir, "x"), *raw = path_join(dir, "raw");
	char *compare[] = {"qemu-img", "compare", "-f", "vmdk", "-F", "raw", one, raw, NULL};
	char options[] = "subformat=streamOptimized", format[] = "vmdk", a[65], b[65];

	if (!*state)
		skip();
	make_one(format, options, one);
	assert_int_equal(image_seal(one, DISK_VMDK, SEED, NULL), 0);
	assert_int_equal(file_sha256(one, a, NULL), 0);
	shorten_cid(one);
	assert_int_equal(image_seal(one, DISK_VMDK, SEED, NULL), 0);
	assert_int_equal(file_sha256(one, b, NULL), 0);
	assert_string_equal(a, b);
	assert_int_equal(run(compare), 0);
}

static void other_files(void **state)
{
	_autofree_ char *raw = path_join(dir, "raw"), *empty = path_join(dir, "empty");
	struct err err = ERR_INIT;

	assert_int_equal(file_write_atomic(empty, "", 0, 0600, NULL), 0);
	assert_int_equal(image_seal(raw, DISK_VHD, SEED, &err), -5);
	assert_int_equal(image_seal(raw, DISK_VMDK, SEED, &err), -5);
	assert_int_equal(image_seal(empty, DISK_VHD, SEED, &err), -5);
	assert_int_equal(image_seal(empty, DISK_QCOW2, SEED, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vhd),	       cmocka_unit_test(vhd_fixed),
		cmocka_unit_test(vmdk),	       cmocka_unit_test(vmdk_short_cid),
		cmocka_unit_test(other_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
