/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "store/store_read.h"

struct fixture {
	char *top;
	struct store *store;
	struct store_boot_row boot;
	char *dir;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct store_cell c = {.role = "kut",
			       .kernel = "k",
			       .target = "qemu",
			       .profile = "modern",
			       .lane = "static",
			       .scenario = "probes"};

	f->top = xstrdup("/tmp/store_console_test.XXXXXX");
	assert_non_null(mkdtemp(f->top));
	assert_int_equal(store_create(f->top, &f->store, NULL), 0);
	assert_int_equal(store_add_cell(f->store, &c, NULL), 0);
	f->boot.cell = c.id;
	f->boot.number = 1;
	assert_int_equal(store_add_boot(f->store, c.id, &f->boot.id, &f->dir, NULL), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	rm_rf(f->top, NULL);
	free(f->top);
	free(f->dir);
	free(f);
	return 0;
}

static void put(struct fixture *f, const char *name, const char *text, size_t n)
{
	_autofree_ char *path = path_join(f->dir, name);

	assert_int_equal(file_write_atomic(path, text, n, 0644, NULL), 0);
}

/* ">12@5 text" a line: inside, offset, time. */
static int say(void *arg, const struct store_console_line *l)
{
	if (l->skipped_before)
		strbuf_addf(arg, "...%llu\n", (unsigned long long)l->skipped_before);
	strbuf_addf(arg, "%s%llu", l->inside ? ">" : "", (unsigned long long)l->offset);
	if (l->time_us != STORE_TIME_UNKNOWN)
		strbuf_addf(arg, "@%llu", (unsigned long long)l->time_us);
	strbuf_addf(arg, " %.*s%s\n", (int)l->n, l->text, l->cut ? "+" : "");
	return 0;
}

static void expect(struct fixture *f, struct store_console_want want, const char *text)
{
	struct strbuf sb = STRBUF_INIT(1 << 20);

	assert_int_equal(store_read_console(f->store, &f->boot, &want, say, &sb, NULL), 0);
	assert_string_equal(strbuf_str(&sb), text);
	strbuf_release(&sb);
}

static const char five[] = "one\r\ntwo\nthree\nfour\nfive";

static void lines_around(void **state)
{
	struct fixture *f = *state;

	put(f, "console.log", five, strlen(five));
	put(f, "console.idx", "0 100\n9 200\n", 12);
	expect(f, (struct store_console_want){5, 9, 1, 1, 10},
	       "0@100 one\n>5@100 two\n9@200 three\n");
	expect(f, (struct store_console_want){6, 10, 0, 0, 10}, ">5@100 two\n>9@200 three\n");
	expect(f, (struct store_console_want){9, 9, 0, 9, 10},
	       ">9@200 three\n15@200 four\n20@200 five\n");
	/* Past the end: the last line. */
	expect(f, (struct store_console_want){999, 9999, 1, 1, 10}, "15@200 four\n>20@200 five\n");
	expect(f, (struct store_console_want){0, 999, 0, 0, 2},
	       ">0@100 one\n...17\n>20@200 five\n");
}

static void nothing_to_read(void **state)
{
	struct fixture *f = *state;

	expect(f, (struct store_console_want){0, 10, 1, 1, 10}, "");
	put(f, "console.log", "", 0);
	expect(f, (struct store_console_want){0, 10, 1, 1, 10}, "");
	put(f, "console.log", "x", 1);
	put(f, "console.idx", "not an index\n-1 x\n", 18);
	expect(f, (struct store_console_want){0, 10, 1, 1, 10}, ">0 x\n");
}

/* 3 MiB of storm, a range that covers nearly all of it: both ends, bounded, the middle told. */
static void storm(void **state)
{
	struct fixture *f = *state;
	struct strbuf log = STRBUF_INIT(4 << 20), seen = STRBUF_INIT(1 << 20);
	struct store_console_want want = {.before = 1, .after = 1, .max_lines = 4};

	for (int i = 0; i < 100000; i++)
		strbuf_addf(&log, "line %06d of many, 33 bytes...\n", i);
	put(f, "console.log", log.buf, log.len);
	want.from = 33 * 10;
	want.to = 33 * 99990;
	assert_int_equal(store_read_console(f->store, &f->boot, &want, say, &seen, NULL), 0);
	assert_string_equal(strbuf_str(&seen), "297 line 000009 of many, 33 bytes...\n"
					       ">330 line 000010 of many, 33 bytes...\n"
					       ">363 line 000011 of many, 33 bytes...\n"
					       "...3299209\n"
					       ">3299604 line 099988 of many, 33 bytes...\n"
					       ">3299637 line 099989 of many, 33 bytes...\n"
					       "3299670 line 099990 of many, 33 bytes...\n");
	strbuf_release(&log);
	strbuf_release(&seen);
}

static void one_endless_line(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *log = xmalloc(1 << 20);
	struct strbuf seen = STRBUF_INIT(1 << 20);
	struct store_console_want want = {500000, 500001, 3, 3, 10};

	memset(log, 'x', 1 << 20);
	put(f, "console.log", log, 1 << 20);
	assert_int_equal(store_read_console(f->store, &f->boot, &want, say, &seen, NULL), 0);
	assert_true(seen.len > 1000 && seen.len < 1100);
	assert_string_equal(seen.buf + seen.len - 3, "x+\n");
	strbuf_release(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_around, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_to_read, setup, teardown),
		cmocka_unit_test_setup_teardown(storm, setup, teardown),
		cmocka_unit_test_setup_teardown(one_endless_line, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
