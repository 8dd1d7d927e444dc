/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "swapfile.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

static void sizes(void **arg)
{
	static const char *const none[] = {"",
					   "auto",
					   "M",
					   "-1M",
					   "1X",
					   "1MM",
					   "1.5G",
					   " 1M",
					   "1M ",
					   "99999999999T",
					   "99999999999999999999"};
	uint64_t n;

	(void)arg;
	assert_true(swapfile_read_size("4096", &n) && n == 4096);
	assert_true(swapfile_read_size("512M", &n) && n == 512 * MIB);
	assert_true(swapfile_read_size("512m", &n) && n == 512 * MIB);
	assert_true(swapfile_read_size("2GB", &n) && n == 2 * GIB);
	assert_true(swapfile_read_size("100B", &n) && n == 100);
	assert_true(swapfile_read_size("1T", &n) && n == 1024 * GIB);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		assert_false(swapfile_read_size(none[i], &n));
	assert_false(swapfile_read_size(NULL, &n));
}

static void suggestions(void **arg)
{
	(void)arg;
	assert_true(swapfile_suggest(GIB, 100 * GIB, 0) == GIB);
	assert_true(swapfile_suggest(8 * GIB, 100 * GIB, 0) == 4 * GIB);
	assert_true(swapfile_suggest(64 * GIB, 100 * GIB, 0) == 8 * GIB);
	assert_true(swapfile_suggest(256 * GIB, 1000 * GIB, 0) == 8 * GIB);
	assert_true(swapfile_suggest(256 * GIB, 1000 * GIB, 32 * GIB) == 16 * GIB);
	assert_true(swapfile_suggest(2 * GIB, 4 * GIB, 0) == GIB);
	assert_true(swapfile_suggest(2 * GIB, 10 * MIB, GIB) == 9 * MIB);
	assert_true(swapfile_suggest(2 * GIB, 0, GIB) == 0);
}

static void files(void **arg)
{
	char dir[] = "/tmp/swapfile-XXXXXX", *at = mkdtemp(dir);
	_autofree_ char *path = path_join(dir, "swap"), *tmp = path_join(dir, "swap.new");
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4 * MIB);
	struct err err = ERR_INIT;
	struct stat st;

	(void)arg;
	assert_non_null(at);
	umask(0);
	/* What a boot that was cut left. */
	assert_int_equal(file_write_atomic(tmp, "old", 3, 0666, NULL), 0);
	assert_int_equal(swapfile_make(path, 2 * MIB + 100, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 2 * MIB);
	assert_true((uint64_t)st.st_blocks * 512 >= 2 * MIB);
	assert_false(file_exists(tmp));
	assert_int_equal(file_read(path, &sb, NULL), 0);
	assert_memory_equal(sb.buf + 4086, "SWAPSPACE2", 10);
	assert_memory_equal(sb.buf + 1024, "\1\0\0\0\xff\1\0\0\0\0\0\0", 12);
	/* Again: it stays. */
	assert_int_equal(swapfile_make(path, 3 * MIB, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 2 * MIB);
	assert_int_equal(file_write_atomic(path, "data", 4, 0600, NULL), 0);
	assert_int_equal(swapfile_make(path, 2 * MIB, &err), -EEXIST);
	unlink(path);
	assert_int_equal(swapfile_make(path, 1ull << 60, &err), -EINVAL);
	assert_int_equal(swapfile_make(path, 1ull << 43, &err), -ENOSPC);
	assert_int_equal(swapfile_make(path, 4096, &err), -EINVAL);
	assert_false(file_exists(path));
	assert_int_equal(rm_rf(dir, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sizes), cmocka_unit_test(suggestions),
					   cmocka_unit_test(files)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
