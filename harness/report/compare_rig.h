/* SPDX-License-Identifier: MIT */
/*
 * compare_rig: two run folders for the tests of comparisons, made through the store.
 *
 * Included by tests alone, after cmocka.
 */
#ifndef REPORT_COMPARE_RIG_H
#define REPORT_COMPARE_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "report/compare.h"
#include "report/compare_report.h"
#include "store/store_expected.h"

/* Two run folders, made through the store. */
struct fixture {
	char *dir, *path[2];
	struct store *store[2];
	int64_t cell[2]; /* probes of the kernel under test */
	struct report_side side[2];
	struct compare c;
};

static __attribute__((unused)) int64_t add_cell(struct fixture *f, int i, const char *role,
						const char *profile, const char *scenario)
{
	struct store_cell c = {.role = role,
			       .kernel = "kernel.elf",
			       .target = "qemu",
			       .profile = profile,
			       .lane = "static",
			       .scenario = scenario};

	assert_int_equal(store_add_cell(f->store[i], &c, NULL), 0);
	return c.id;
}

static __attribute__((unused)) void setup_bare(struct fixture *f)
{
	*f = (struct fixture){.dir = xstrdup("/tmp/compare_test.XXXXXX")};
	assert_non_null(mkdtemp(f->dir));
	for (int i = 0; i < 2; i++) {
		f->path[i] = path_join(f->dir, i ? "b" : "a");
		assert_int_equal(store_create(f->path[i], &f->store[i], NULL), 0);
	}
}

static __attribute__((unused)) int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	setup_bare(f);
	for (int i = 0; i < 2; i++)
		f->cell[i] = add_cell(f, i, "kut", "", "probes");
	*state = f;
	return 0;
}

static __attribute__((unused)) void release(struct fixture *f)
{
	compare_release(&f->c);
	for (int i = 0; i < 2; i++) {
		report_side_release(&f->side[i]);
		store_close(f->store[i]);
		f->store[i] = NULL;
	}
}

static __attribute__((unused)) int teardown(void **state)
{
	struct fixture *f = *state;

	release(f);
	rm_rf(f->dir, NULL);
	for (int i = 0; i < 2; i++)
		free(f->path[i]);
	free(f->dir);
	free(f);
	return 0;
}

static __attribute__((unused)) void add_attempt(struct fixture *f, int i, int64_t cell,
						const char *name, unsigned int attempt,
						enum verdict v, const char *reason,
						const char *fingerprint)
{
	struct store_result r = {.cell = cell,
				 .name = name,
				 .attempt = attempt,
				 .verdict = v,
				 .reason = reason,
				 .fingerprint = fingerprint};

	assert_int_equal(store_add_result(f->store[i], &r, NULL), 0);
}

static __attribute__((unused)) void add(struct fixture *f, int i, const char *name, enum verdict v,
					const char *reason)
{
	add_attempt(f, i, f->cell[i], name, 1, v, reason, NULL);
}

static __attribute__((unused)) void finish(struct fixture *f)
{
	for (int i = 0; i < 2; i++)
		if (f->store[i])
			assert_int_equal(store_set_fact(f->store[i], "state", "finished", NULL), 0);
}

static __attribute__((unused)) void compare_only(struct fixture *f, const struct strv *only)
{
	struct err err = ERR_INIT;

	compare_release(&f->c);
	for (int i = 0; i < 2; i++) {
		report_side_release(&f->side[i]);
		if (report_side_load(f->path[i], &f->side[i], &err) < 0)
			fail_msg("%s", err.text);
	}
	if (compare_sides(&f->side[0], &f->side[1], only, NULL, &f->c, &err) < 0)
		fail_msg("%s", err.text);
}

static __attribute__((unused)) void compare(struct fixture *f)
{
	finish(f);
	compare_only(f, NULL);
}

static const struct compare_row *row(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->c.n_rows; i++)
		if (strcmp(f->c.rows[i].name, name) == 0)
			return &f->c.rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

static __attribute__((unused)) void expect(const struct fixture *f, const char *name,
					   enum compare_change change, int gate, const char *why)
{
	const struct compare_row *r = row(f, name);

	if (r->change != change || r->gate != gate)
		fail_msg("%s: %s, gate %d", name, compare_change_name(r->change), r->gate);
	if (why && !strstr(r->why, why))
		fail_msg("%s: \"%s\", not \"%s\"", name, r->why, why);
}

/* One letter a level: - absent, ? lost or broken, s skip, . pass, ~ flaky, F fail, C crash. */
static __attribute__((unused)) void add_level(struct fixture *f, int i, const char *name,
					      char level)
{
	switch (level) {
	case '?':
		add(f, i, name, VERDICT_LOST, "gone");
		break;
	case 's':
		add(f, i, name, VERDICT_SKIP, "no such device");
		break;
	case '.':
		add(f, i, name, VERDICT_PASS, NULL);
		break;
	case '~':
		add(f, i, name, VERDICT_FAIL, "late");
		add_attempt(f, i, f->cell[i], name, 2, VERDICT_PASS, NULL, NULL);
		break;
	case 'F':
		add(f, i, name, VERDICT_FAIL, "late");
		break;
	case 'C':
		add(f, i, name, VERDICT_CRASH, "panic: at the disco");
		break;
	default:
		break;
	}
}

static __attribute__((unused)) void expect_failure(struct fixture *f, int i, const char *name,
						   const char *verdicts, const char *expires)
{
	const struct store_expected e = {.role = "kut",
					 .file = "known.yaml",
					 .line = 7,
					 .name = name,
					 .verdicts = verdicts,
					 .owner = "kernel/mm",
					 .reason = "later",
					 .issue = "42",
					 .expires = expires};

	assert_int_equal(store_add_expected(f->store[i], &e, NULL), 0);
}

static __attribute__((unused)) char *report_as(struct fixture *f, const char *format,
					       struct compare_report_options opts, size_t *ret_len)
{
	struct err err = ERR_INIT;
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_len);

	if (compare_report(&f->c, format, out, &opts, &err) < 0)
		fail_msg("%s: %s", format, err.text);
	fclose(out);
	return text;
}

#endif
