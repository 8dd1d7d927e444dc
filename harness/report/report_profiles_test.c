/* SPDX-License-Identifier: MIT */
#include "report/report_profiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "report/report_rig.h"

static int64_t on_machine(struct fixture *f, const char *role, const char *scenario,
			  const char *profile)
{
	struct store_cell c = {.role = role,
			       .kernel = "k",
			       .target = "qemu",
			       .profile = profile,
			       .lane = "static",
			       .scenario = scenario};

	assert_int_equal(store_add_cell(f->store, &c, NULL), 0);
	return c.id;
}

static void both(struct fixture *f, int64_t ref, int64_t kut, const char *name, enum verdict v)
{
	add(f, ref, name, VERDICT_PASS);
	add(f, kut, name, v);
}

static char *page(struct fixture *f, const char *format)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	assert_int_equal(store_set_fact(f->store, "state", "finished", NULL), 0);
	assert_int_equal(report_write(f->dir, format, out, &(struct report_options){0}, NULL), 0);
	fclose(out);
	return text;
}

static void fill(struct fixture *f)
{
	int64_t ref, kut;

	ref = on_machine(f, "reference", "cloud-a", "a-like");
	kut = on_machine(f, "kut", "cloud-a", "a-like");
	both(f, ref, kut, "boot", VERDICT_PASS);
	both(f, ref, kut, "login", VERDICT_PASS);
	ref = on_machine(f, "reference", "cloud-b", "b-like");
	kut = on_machine(f, "kut", "cloud-b", "b-like");
	both(f, ref, kut, "boot", VERDICT_PASS);
	both(f, ref, kut, "the CD is seen", VERDICT_FAIL);
	both(f, ref, kut, "page", VERDICT_FAIL);
	both(f, ref, kut, "last", VERDICT_SKIP);
	ref = on_machine(f, "reference", "cloud-c", "c-like");
	kut = on_machine(f, "kut", "cloud-c", "c-like");
	both(f, ref, kut, "boot", VERDICT_PASS);
	both(f, ref, kut, "page", VERDICT_BROKEN);
	/* About no machine in particular, and no scenario at all. */
	both(f, add_cell(f, "reference", "web"), add_cell(f, "kut", "web"), "get", VERDICT_FAIL);
	both(f, on_machine(f, "reference", "probes", "d-like"),
	     on_machine(f, "kut", "probes", "d-like"), "pipe", VERDICT_FAIL);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in %s", part, text);
}

static void what_is_closed_off(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *json = NULL, *markdown = NULL, *html = NULL;

	fill(f);
	text = page(f, "text");
	has(text, "Machines\n");
	has(text, "a-like: open (2 passed, 0 gaps, 0 unknown)");
	has(text, "b-like: closed by cloud-b: \"the CD is seen\": because (1 passed, 2 gaps, 1");
	has(text, "c-like: unknown (1 passed, 0 gaps, 1 unknown)");
	assert_null(strstr(text, "d-like:"));
	markdown = page(f, "markdown");
	has(markdown, "## Machines");
	has(markdown, "- b-like: closed by cloud-b: \"the CD is seen\"");
	html = page(f, "html");
	has(html, "<h2>Machines</h2>");
	has(html, "<li class=\"open\">a-like: open (2 passed, 0 gaps, 0 unknown)</li>");
	has(html,
	    "<li class=\"closed\">b-like: closed by cloud-b: &quot;the CD is seen&quot;: because");
	has(html, "<li class=\"unknown\">c-like: unknown (1 passed, 0 gaps, 1 unknown)</li>");
	count_elements(html);
	json = page(f, "json");
	has(json, "\"profile\": \"b-like\",\n      \"state\": \"closed\"");
	has(json, "\"closed_by\": \"the CD is seen\"");
}

static void nothing_about_machines(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *html = NULL;

	both(f, add_cell(f, "reference", "web"), add_cell(f, "kut", "web"), "get", VERDICT_FAIL);
	text = page(f, "text");
	assert_null(strstr(text, "Machines"));
	html = page(f, "html");
	assert_null(strstr(html, "Machines"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_closed_off, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_about_machines, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
