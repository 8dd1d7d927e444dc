/* SPDX-License-Identifier: MIT */
#include "config/expect.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

#define ENTRY                                                                         \
	"  - name: 'epoll_*'\n    verdicts: [fail, flaky]\n    owner: kernel/epoll\n" \
	"    reason: four of ten events\n    issue: '#12'\n    expires: 2027-02-28\n"
#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static int parse(const char *text, struct expect **ret, struct err *err)
{
	return expect_parse("e.yaml", text, strlen(text), ret, err);
}

static void whole_file(void **state)
{
	static const char text[] =
		"kernel: a kernel\nsha256: [" SUM "]\nfiles: ['kernel-*.elf']\n"
		"known:\n" ENTRY "  - name: login\n    scenario: ssh-*\n"
		"    lane: debian\n    verdicts: [crash]\n    owner: kernel/net\n"
		"    reason: r\n    issue: i\n    expires: 2028-02-29\n";
	struct err err = ERR_INIT;
	struct expect *e = NULL;

	if (parse(text, &e, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(e->kernel, "a kernel");
	assert_int_equal(e->n, 2);
	assert_int_equal(e->known[0].line, 5);
	assert_int_equal(e->known[0].column, 5);
	assert_string_equal(e->known[0].owner, "kernel/epoll");
	assert_int_equal(e->known[0].verdicts.n, 2);
	assert_null(e->known[0].lane);
	assert_true(expect_matches(&e->known[0], "probes", "static", "epoll_edge"));
	assert_true(expect_matches(&e->known[0], "ssh-login", "debian", "epoll_"));
	assert_false(expect_matches(&e->known[0], "probes", "static", "epol"));
	assert_true(expect_matches(&e->known[1], "ssh-login", "debian", "login"));
	assert_false(expect_matches(&e->known[1], "ssh-login", "static", "login"));
	assert_false(expect_matches(&e->known[1], "nginx", "debian", "login"));
	assert_true(expect_needs_sha256(e));
	assert_true(expect_is_for(e, "/a/b/c.elf", SUM));
	assert_true(expect_is_for(e, "/a/kernel-1.elf", NULL));
	assert_false(expect_is_for(e, "/kernel-1.elf/other", NULL));
	assert_false(expect_is_for(e, "/a/c.elf", "1" SUM));
	expect_free(e);
}

static void no_failures_known(void **state)
{
	struct expect *e = NULL;

	assert_int_equal(parse("known: []\n", &e, NULL), 0);
	assert_int_equal(e->n, 0);
	assert_false(expect_is_for(e, "kernel", SUM));
	expect_free(e);
}

/* Each with its place. */
static void what_is_wrong(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"known:\n" ENTRY "    color: red\n", "e.yaml:8:5: unknown key \"color\""},
		{"kernal: x\nknown: []\n", "e.yaml:1:1: unknown key \"kernal\"; did you mean"},
		{"kernel: x\n", "e.yaml:1:1: \"known\" is missing"},
		{"known: 3\n", "e.yaml:1:8: \"known\" expects a list"},
		{"known: [3]\n", "e.yaml:1:9: here must stand a mapping"},
		{"- known\n", "e.yaml:1:1: a file of known failures is a mapping"},
		{"", "e.yaml:1:1: "},
		{"known:\n  - name: a\n", "e.yaml:2:5: \"verdicts\" is missing"},
		{"known:\n" ENTRY "    lane: debain\n", "e.yaml:8:11: unknown lane \"debain\""},
		{"sha256: [abc]\nknown: []\n", "e.yaml:1:10: a SHA-256 has 64 digits"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		struct expect *e = NULL;

		assert_int_equal(parse(rows[i].text, &e, &err), -EINVAL);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_null(e);
		if (strncmp(err.text, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("\"%s\" is not \"%s\"", err.text, rows[i].message);
	}
}

/* An entry with one value changed. */
static char *with(const char *key, const char *value)
{
	struct strbuf sb = STRBUF_INIT(4096);
	static const char *const lines[][2] = {
		{"name", "a"},	 {"verdicts", "[fail]"}, {"owner", "o"},
		{"reason", "r"}, {"issue", "i"},	 {"expires", "2027-01-31"},
	};

	strbuf_addstr(&sb, "known:\n");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		bool mine = strcmp(lines[i][0], key) == 0;

		if (!mine || value)
			strbuf_addf(&sb, "  %s %s: %s\n", i ? " " : "-", lines[i][0],
				    mine ? value : lines[i][1]);
	}
	return strbuf_detach(&sb, NULL);
}

static void values(void **state)
{
	static const struct {
		const char *key, *value; /* NULL: left out */
		const char *message;	 /* NULL: good */
	} rows[] = {
		{"expires", "2027-01-31", NULL},
		{"expires", "2028-02-29", NULL},
		{"expires", "2027-02-29", "e.yaml:7:14: \"expires\" expects a day"},
		{"expires", "2027-13-01", "e.yaml:7:14: \"expires\" expects a day"},
		{"expires", "2027-1-1", "e.yaml:7:14: \"expires\" expects a day"},
		{"expires", "2027-01-00", "e.yaml:7:14: \"expires\" expects a day"},
		{"expires", "never", "e.yaml:7:14: \"expires\" expects a day"},
		{"expires", "2027-01-31x", "e.yaml:7:14: \"expires\" expects a day"},
		{"expires", NULL, "e.yaml:2:5: \"expires\" is missing"},
		{"owner", NULL, "e.yaml:2:5: \"owner\" is missing"},
		{"owner", "''", "e.yaml:4:12: \"owner\" is empty"},
		{"reason", "'  '", "e.yaml:5:13: \"reason\" is empty"},
		{"issue", NULL, "e.yaml:2:5: \"issue\" is missing"},
		{"name", "''", "e.yaml:2:11: \"name\" is empty"},
		{"verdicts", "[]", "e.yaml:3:15: \"verdicts\" is empty"},
		{"verdicts", "[fail, pass]", "e.yaml:3:22: \"pass\" cannot be expected"},
		{"verdicts", "[lost]", "e.yaml:3:16: \"lost\" cannot be expected"},
		{"verdicts", "fail", "e.yaml:3:15: "},
		{"verdicts", "[fail, timeout, crash, flaky]", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_autofree_ char *text = with(rows[i].key, rows[i].value);
		struct err err = ERR_INIT;
		struct expect *e = NULL;
		int r = parse(text, &e, &err);

		if (r < 0 ? !rows[i].message ||
				    strncmp(err.text, rows[i].message, strlen(rows[i].message)) != 0
			  : rows[i].message != NULL)
			fail_msg("%s: %s: \"%s\"", rows[i].key, rows[i].value, err.text);
		expect_free(e);
	}
}

static void schema_names_every_key(void **state)
{
	static const char *const words[] = {"kernel", "sha256",	  "files", "known",
					    "name",   "scenario", "lane",  "verdicts",
					    "owner",  "reason",	  "issue", "expires"};
	_autofree_ char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	expect_print_schema(f);
	fclose(f);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_non_null(strstr(text, words[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_file),
		cmocka_unit_test(no_failures_known),
		cmocka_unit_test(what_is_wrong),
		cmocka_unit_test(values),
		cmocka_unit_test(schema_names_every_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
