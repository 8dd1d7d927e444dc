/* SPDX-License-Identifier: MIT */
/*
 * store_rig: a run folder to be written, damaged and read by a test.
 *
 * Owns a temporary folder. Included by the tests of store/ alone, after cmocka.
 */
#ifndef STORE_STORE_RIG_H
#define STORE_STORE_RIG_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "store/store.h"

struct fixture {
	char *top, *dir;
};

static inline int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	f->top = xasprintf("%s/store_test.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->top));
	f->dir = path_join(f->top, "run");
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	rm_rf(f->top, NULL);
	free(f->top);
	free(f->dir);
	free(f);
	return 0;
}

static inline struct store *create(struct fixture *f)
{
	struct err err = ERR_INIT;
	struct store *s = NULL;

	if (store_create(f->dir, &s, &err) < 0)
		fail_msg("%s", err.text);
	return s;
}

static inline struct store *open_again(struct fixture *f, bool writable)
{
	struct err err = ERR_INIT;
	struct store *s = NULL;

	if (store_open(f->dir, writable, &s, &err) < 0)
		fail_msg("%s", err.text);
	return s;
}

static inline int64_t add_cell(struct store *s, const char *role)
{
	struct store_cell c = {.role = role,
			       .kernel = "kernel.elf",
			       .target = "qemu",
			       .profile = "modern",
			       .lane = "static",
			       .scenario = "probes"};

	assert_int_equal(store_add_cell(s, &c, NULL), 0);
	assert_true(c.id > 0);
	return c.id;
}

static inline void run_sql(struct fixture *f, const char *text)
{
	_autofree_ char *path = path_join(f->dir, "run.db");
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static inline void expect_open_fails(struct fixture *f, int code, const char *words)
{
	struct err err = ERR_INIT;
	struct store *s = NULL;

	for (int writable = 0; writable < 2; writable++) {
		err_clear(&err);
		assert_int_equal(store_open(f->dir, writable, &s, &err), -code);
		assert_null(s);
		if (!strstr(err.text, words))
			fail_msg("\"%s\" not in \"%s\"", words, err.text);
	}
}

#endif
