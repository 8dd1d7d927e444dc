/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "machine/suite_image.h"

static char dir[] = "/tmp/suite-tree-XXXXXX";

static int setup(void **state)
{
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	return rm_rf(dir, NULL);
}

static const struct suite_entry *find(const struct suite_tree *t, const char *path)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->entries[i].path, path) == 0)
			return &t->entries[i];
	return NULL;
}

static void make_link(const char *target, const char *path)
{
	assert_int_equal(symlink(target, path), 0);
}

static void links_stay_inside(void **state)
{
	_cleanup_(suite_tree_release) struct suite_tree t = {0};

	assert_int_equal(mkdir("a", 0755), 0);
	assert_int_equal(mkdir("a/b", 0755), 0);
	assert_int_equal(file_write_atomic("a/run", "#!", 2, 0755, NULL), 0);
	assert_int_equal(file_write_atomic("a/data", "x", 1, 0644, NULL), 0);
	assert_int_equal(file_write_atomic("a/line\nend", "x", 1, 0644, NULL), 0);
	make_link("run", "a/good");
	make_link("../run", "a/b/good");
	make_link("../../a/./run", "a/b/round");
	make_link("/etc/passwd", "a/absolute");
	make_link("../../../etc/passwd", "a/b/out");
	make_link("b/../../../x", "a/through");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(suite_tree_read(dir, &t, NULL), 0);
	assert_true(find(&t, "a/run")->executable);
	assert_false(find(&t, "a/data")->executable);
	assert_non_null(find(&t, "a/good"));
	assert_non_null(find(&t, "a/b/good"));
	assert_non_null(find(&t, "a/b/round"));
	assert_null(find(&t, "a/absolute"));
	assert_null(find(&t, "a/b/out"));
	assert_null(find(&t, "a/through"));
	assert_null(find(&t, "fifo"));
	assert_null(find(&t, "a/line\nend"));
	assert_int_equal(t.notes.n, 5);
	for (size_t i = 1; i < t.n; i++)
		assert_true(strcmp(t.entries[i - 1].path, t.entries[i].path) < 0);
}

/* What becomes a link after it was listed is not followed. */
static void opening_follows_no_link(void **state)
{
	_cleanup_(suite_tree_release) struct suite_tree t = {0};
	int fd;

	assert_int_equal(suite_tree_read(dir, &t, NULL), 0);
	fd = suite_tree_open(&t, "a/data");
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(unlink("a/data"), 0);
	make_link("/etc/passwd", "a/data");
	assert_int_equal(suite_tree_open(&t, "a/data"), -1);
	assert_int_equal(rename("a", "moved"), 0);
	make_link("moved", "a");
	assert_int_equal(suite_tree_open(&t, "a/run"), -1);
	assert_int_equal(suite_tree_open(&t, "fifo"), -1);
}

static void no_folder(void **state)
{
	struct suite_tree t;
	struct err err = ERR_INIT;

	assert_true(suite_tree_read("/no/such/folder", &t, &err) < 0);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_true(suite_tree_read("/etc/passwd", &t, &err) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_stay_inside),
		cmocka_unit_test(opening_follows_no_link),
		cmocka_unit_test(no_folder),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
