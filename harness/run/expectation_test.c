/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "run/expectation.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "report/report.h"

#define ENTRY(name, more)                                                                   \
	"  - name: '" name "'\n" more "    verdicts: [fail]\n    owner: o\n    reason: r\n" \
	"    issue: i\n    expires: 2027-01-31\n"

struct fixture {
	struct loop *loop;
	char *dir;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->dir = xstrdup("/tmp/expectation_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(loop_new(&f->loop, NULL), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	rm_rf(f->dir, NULL);
	loop_free(f->loop);
	free(f->dir);
	free(f);
	return 0;
}

static struct expect *parse(const char *text)
{
	struct err err = ERR_INIT;
	struct expect *e = NULL;

	if (expect_parse("e.yaml", text, strlen(text), &e, &err) < 0)
		fail_msg("%s", err.text);
	return e;
}

/* Against all that there is, and a plan with cases of its own. */
static void entries_that_match_nothing(void **state)
{
	static const struct {
		const char *entry, *message; /* NULL: it matches */
	} rows[] = {
		{ENTRY("epoll_*", ""), NULL},
		{ENTRY("*", "    scenario: nginx-static\n    lane: debian\n"), NULL},
		{ENTRY("boot", "    scenario: ssh-login-*\n"), NULL},
		{ENTRY("between probes", "    scenario: probes\n"), NULL},
		{ENTRY("case 7", "    scenario: suite\n"), NULL},
		{ENTRY("case 8", "    scenario: suite\n"),
		 "e.yaml:2:5: no case is called \"case 8\" in scenario suite"},
		{ENTRY("case 7", "    lane: debian\n"),
		 "e.yaml:2:5: no case is called \"case 7\" on lane debian"},
		{ENTRY("epol_*", ""), "e.yaml:2:5: no case is called \"epol_*\""},
		{ENTRY("epoll_*", "    scenario: nginx-*\n"),
		 "e.yaml:2:5: no case is called \"epoll_*\" in scenario nginx-*"},
	};
	struct fixture *f = *state;
	struct cell cell = CELL_INIT;
	struct plan plan = {.cells = &cell, .n = 1};

	cell.scenario = xstrdup("suite");
	cell.lane = xstrdup("static");
	strv_push(&cell.names, "case 7");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_autofree_ char *text = xasprintf("known:\n%s", rows[i].entry);
		struct err err = ERR_INIT;
		struct expect *e = parse(text);
		int r = expectation_check(e, f->loop, &plan, &err);

		if (rows[i].message ? r != -EINVAL || strcmp(err.text, rows[i].message) != 0
				    : r != 0)
			fail_msg("row %zu: %s", i, err.text);
		if (rows[i].message)
			assert_int_equal(err.kind, ERR_USAGE);
		expect_free(e);
	}
	cell_release(&cell);
}

static void which_file(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *path = path_join(f->dir, "k.yaml");
	struct err err = ERR_INIT;
	struct expect *e = (struct expect *)f;

	assert_int_equal(expectation_find("none", "/kernel", &e, &err), 0);
	assert_null(e);
	assert_int_equal(expectation_find(NULL, NULL, &e, &err), 0);
	assert_null(e);
	assert_true(expectation_find(path, NULL, &e, &err) < 0);
	assert_null(e);
	assert_int_equal(file_write_atomic(path, "known: []\n", 10, 0644, NULL), 0);
	assert_int_equal(expectation_find(path, NULL, &e, &err), 0);
	assert_string_equal(e->file, path);
	expect_free(e);
}

/* The files of this checkout: readable, and no entry without a case. */
static void files_of_the_checkout(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *dir = path_join(paths_data(), "scenarios/expect");
	DIR *d = opendir(dir);
	struct dirent *entry;

	assert_non_null(d);
	while ((entry = readdir(d))) {
		_autofree_ char *path = path_join(dir, entry->d_name);
		struct err err = ERR_INIT;
		struct expect *e = NULL;

		if (!strstr(entry->d_name, ".yaml"))
			continue;
		if (expect_load(path, &e, &err) < 0 ||
		    expectation_check(e, f->loop, NULL, &err) < 0)
			fail_msg("%s", err.text);
		assert_true(e->n > 0);
		expect_free(e);
	}
	closedir(d);
}

static char *report_of(const char *dir)
{
	struct err err = ERR_INIT;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (report_write(dir, "expect", out, NULL, &err) < 0)
		fail_msg("%s", err.text);
	fclose(out);
	return text;
}

static void add_result(struct store *s, int64_t cell, const char *name, unsigned int attempt,
		       enum verdict v)
{
	static const char reason[] = "it's \x1b[31mbad\x1b[0m: # \xff 'quoted'\n- name: x\t\\";
	struct store_result r = {
		.cell = cell, .name = name, .attempt = attempt, .verdict = v, .reason = reason};

	assert_int_equal(store_add_result(s, &r, NULL), 0);
}

static int status_of(const char *dir)
{
	_cleanup_(report_closep) struct report *r = NULL;

	assert_int_equal(report_open(dir, &r, NULL), 0);
	return report_status(r);
}

/* Whatever the names and reasons are, what a run wrote is read back and makes that run as expected.
 */
static void a_file_from_a_run_holds(void **state)
{
	static const char *const names[] = {
		"plain", "it's [a] * \\ pattern?", "# no: comment", "- dash", "'", "caf\xc3\xa9"};
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	struct store *s = NULL;
	struct store_cell cell = {.role = "kut",
				  .kernel = "k",
				  .target = "qemu",
				  .profile = "",
				  .lane = "static",
				  .scenario = "probes"};
	struct expect *e;

	assert_int_equal(store_create(f->dir, &s, NULL), 0);
	assert_int_equal(store_add_cell(s, &cell, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add_result(s, cell.id, names[i], 1, i % 2 ? VERDICT_CRASH : VERDICT_FAIL);
	add_result(s, cell.id, "sometimes", 1, VERDICT_FAIL);
	add_result(s, cell.id, "sometimes", 2, VERDICT_PASS);
	add_result(s, cell.id, "good", 1, VERDICT_PASS);
	assert_int_equal(store_set_fact(s, "state", "finished", NULL), 0);
	assert_int_equal(status_of(f->dir), 1);
	text = report_of(f->dir);
	e = parse(text);
	assert_int_equal(e->n, ARRAY_SIZE(names) + 1);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(expect_matches(&e->known[i], "probes", "static", names[i]));
	assert_false(expect_matches(&e->known[1], "probes", "static", "it's a * \\ pattern?"));
	assert_int_equal(expectation_keep(e, s, "kut", NULL), 0);
	store_close(s);
	assert_int_equal(status_of(f->dir), 0);
	expect_free(e);
	/* And written again it is the same. */
	free(text);
	text = report_of(f->dir);
	e = parse(text);
	assert_int_equal(e->n, ARRAY_SIZE(names) + 1);
	expect_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entries_that_match_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(which_file, setup, teardown),
		cmocka_unit_test_setup_teardown(files_of_the_checkout, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_from_a_run_holds, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
