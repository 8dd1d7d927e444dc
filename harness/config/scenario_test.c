/* SPDX-License-Identifier: MIT */
#include "config/scenario.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/doc.h"

struct options {
	char *path;
	bool keep;
	int64_t count;
	uint64_t wait, size;
	int method;
	struct strv argv;
};

static const char *const methods[] = {"get", "head", NULL};
static const struct field fetch_fields[] = {
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, path),
	 .required = true},
	{.name = "keep",
	 .type = FIELD_BOOL,
	 .offset = offsetof(struct options, keep),
	 .fallback = "true"},
	{.name = "count",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, count),
	 .min = 1,
	 .max = 64,
	 .fallback = "1"},
	{.name = "wait", .type = FIELD_DURATION, .offset = offsetof(struct options, wait)},
	{.name = "size",
	 .type = FIELD_SIZE,
	 .offset = offsetof(struct options, size),
	 .min = 1,
	 .max = 16 << 20,
	 .fallback = "4KiB"},
	{.name = "method",
	 .type = FIELD_ENUM,
	 .offset = offsetof(struct options, method),
	 .words = methods},
	{.name = "argv",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct options, argv),
	 .fallback = "a b"},
	FIELD_END,
};
static const struct field no_fields[] = {FIELD_END};
static const struct scenario_kind kinds[] = {
	{"fetch", "Fetch a page.", fetch_fields, sizeof(struct options)},
	{"stop", "Stop.", no_fields, 0},
	{0},
};

#define HEAD "name: web\ntitle: Pages\nlanes: [static]\n"

static struct scenario *parse_ok(const char *text)
{
	struct scenario *s = NULL;
	struct err err = ERR_INIT;

	if (scenario_parse("s.yaml", text, strlen(text), kinds, &s, &err) < 0)
		fail_msg("%s", err.text);
	return s;
}

static void reads_everything(void **state)
{
	struct scenario *s = parse_ok("name: web-1\n"
				      "title: \"Pages\"\n"
				      "description: |\n  two\n  lines\n"
				      "lanes: [debian, static]\n"
				      "forward: [22, 80]\n"
				      "steps:\n"
				      "  - fetch:\n"
				      "      path: /a\n"
				      "      keep: false\n"
				      "      count: 64\n"
				      "      wait: 250ms\n"
				      "      size: 16MiB\n"
				      "      method: head\n"
				      "      argv: [x, 'y z']\n"
				      "    name: first\n"
				      "    limit: 5m\n"
				      "    lanes: [debian]\n"
				      "  - stop:\n");
	struct options *o;

	assert_string_equal(s->name, "web-1");
	assert_string_equal(s->description, "two\nlines\n");
	assert_int_equal(s->lanes.n, 2);
	assert_int_equal(s->forward[0], 22);
	assert_int_equal(s->forward[1], 80);
	assert_int_equal(s->forward[2], 0);
	assert_int_equal(s->n_steps, 2);
	o = s->steps[0].options;
	assert_string_equal(s->steps[0].kind->name, "fetch");
	assert_string_equal(s->steps[0].name, "first");
	assert_int_equal(s->steps[0].limit_us, 300 * 1000000);
	assert_string_equal(s->steps[0].lanes.v[0], "debian");
	assert_int_equal(s->steps[0].line, 9);
	assert_string_equal(o->path, "/a");
	assert_false(o->keep);
	assert_int_equal(o->count, 64);
	assert_int_equal(o->wait, 250000);
	assert_int_equal(o->size, 16 << 20);
	assert_int_equal(o->method, 1);
	assert_int_equal(o->argv.n, 2);
	assert_string_equal(o->argv.v[1], "y z");
	assert_string_equal(s->steps[1].name, "stop");
	assert_int_equal(s->steps[1].limit_us, 60 * 1000000);
	scenario_free(s);
}

static void fills_defaults(void **state)
{
	struct scenario *s = parse_ok(HEAD "steps:\n- fetch: {path: \"\"}\n");
	struct options *o = s->steps[0].options;

	assert_string_equal(o->path, "");
	assert_true(o->keep);
	assert_int_equal(o->count, 1);
	assert_int_equal(o->wait, 0);
	assert_int_equal(o->size, 4096);
	assert_int_equal(o->method, 0);
	assert_int_equal(o->argv.n, 2);
	scenario_free(s);
}

struct bad {
	const char *text, *message;
};

#define STEP(s) HEAD "steps:\n  - " s

static const struct bad bads[] = {
	{"", "s.yaml:1:1: the file is empty"},
	{"- a\n", "s.yaml:1:1: a scenario is a mapping"},
	{"name: web\n", "s.yaml:1:1: \"title\" is missing"},
	{HEAD, "s.yaml:1:1: \"steps\" is missing"},
	{HEAD "steps: []\n", "s.yaml:4:8: \"steps\" expects a list of steps; this is an empty one"},
	{HEAD "steps: 7\n", "s.yaml:4:8: \"steps\" expects a list of steps; this is \"7\""},
	{"name: Web 1\ntitle: t\nlanes: [static]\nsteps: [stop: ]\n",
	 "s.yaml:1:7: \"name\" expects small letters"},
	{HEAD "titel: x\n", "s.yaml:4:1: unknown key \"titel\"; did you mean \"title\"?"},
	{HEAD "title: x\n", "s.yaml:4:1: \"title\" stands here twice, first in line 2"},
	{"name: a\ntitle: t\nlanes: [debain]\nsteps: [stop: ]\n",
	 "s.yaml:3:9: unknown lane \"debain\"; there are static and debian; did you mean "
	 "\"debian\"?"},
	{"name: a\ntitle: t\nlanes: []\nsteps: [stop: ]\n", "s.yaml:3:8: \"lanes\" is empty"},
	{HEAD "forward: [22, 70000]\nsteps: [stop: ]\n",
	 "s.yaml:4:15: \"forward\" must lie between 1 and 65535; this is 70000"},
	{HEAD "forward: [ssh]\nsteps: [stop: ]\n",
	 "s.yaml:4:11: \"forward\" expects a whole number; this is \"ssh\""},
	{STEP("stop\n"),
	 "s.yaml:5:5: a step must be a mapping (kind: {options}); this is \"stop\""},
	{STEP("name: x\n"), "s.yaml:5:5: the step has no kind"},
	{STEP("stpo:\n"), "s.yaml:5:5: unknown step kind \"stpo\"; did you mean \"stop\"?"},
	{STEP("stop:\n    fetch: {path: a}\n"),
	 "s.yaml:6:5: a step is of one kind; this one is \"stop\" already"},
	{STEP("stop: 3\n"), "s.yaml:5:11: here must stand a mapping (key: value); this is \"3\""},
	{STEP("stop: {now: 1}\n"), "s.yaml:5:12: unknown key \"now\"; nothing is allowed here"},
	{STEP("fetch: {}\n"), "s.yaml:5:12: \"path\" is missing"},
	{STEP("fetch: {path: }\n"), "s.yaml:5:19: \"path\" expects a text; this is nothing"},
	{STEP("fetch: {path: [a]}\n"), "s.yaml:5:19: \"path\" expects a text; this is a list"},
	{STEP("fetch: {path: a, keep: yes}\n"),
	 "s.yaml:5:28: \"keep\" expects true or false; this is \"yes\""},
	{STEP("fetch: {path: a, count: 0}\n"),
	 "s.yaml:5:29: \"count\" must lie between 1 and 64; this is 0"},
	{STEP("fetch: {path: a, count: \"3\"}\n"),
	 "s.yaml:5:29: \"count\" expects a whole number; this is the quoted text \"3\""},
	{STEP("fetch: {path: a, count: 3x}\n"), "s.yaml:5:29: \"count\" expects a whole number"},
	{STEP("fetch: {path: a, count: 99999999999999999999}\n"),
	 "s.yaml:5:29: \"count\" must lie between 1 and 64"},
	{STEP("fetch: {path: a, wait: 10}\n"),
	 "s.yaml:5:28: \"wait\" expects a duration such as 250ms, 10s or 5m; this is \"10\""},
	{STEP("fetch: {path: a, wait: 99999999999999h}\n"),
	 "s.yaml:5:28: \"wait\": 99999999999999h is too large"},
	{STEP("fetch: {path: a, size: 1TiB}\n"), "s.yaml:5:28: \"size\" expects a size"},
	{STEP("fetch: {path: a, size: 17MiB}\n"),
	 "s.yaml:5:28: \"size\" must lie between 1 and 16MiB; this is 17MiB"},
	{STEP("fetch: {path: a, method: haed}\n"),
	 "s.yaml:5:30: \"method\" expects one of get, head; this is \"haed\"; did you mean "
	 "\"head\"?"},
	{STEP("fetch: {path: a, argv: ls}\n"),
	 "s.yaml:5:28: \"argv\" expects a list of texts; this is \"ls\""},
	{STEP("fetch: {path: a, argv: [b, [c]]}\n"),
	 "s.yaml:5:32: \"argv\" expects a list of texts; here is a list"},
	{STEP("stop:\n    limit: 0s\n"), "s.yaml:6:12: \"limit\" must lie between 1ms and 24h"},
	{STEP("stop:\n  - stop:\n"), "s.yaml:6:5: a step is called \"stop\" already, in line 5"},
	{STEP("stop:\n    name: a\n  - stop:\n    name: a\n"),
	 "s.yaml:8:11: a step is called \"a\" already, in line 5"},
	{STEP("stop:\n    name: ''\n"), "s.yaml:6:11: \"name\" is empty"},
	{STEP("stop:\n    lanes: [static, x]\n"), "s.yaml:6:21: unknown lane \"x\""},
	{"name: &a web\n", "s.yaml:1:7: anchors (&name) and tags"},
	{"name: *a\n", "s.yaml:1:7: aliases (*name) are not used here"},
	{"name: !!str web\n", "s.yaml:1:7: anchors (&name) and tags"},
	{"name: \"a\\0b\"\n", "s.yaml:1:7: a NUL character in a text"},
	{"? [a]\n: b\n", "s.yaml:1:3: a key must be a word"},
	{"name: web\n---\nname: web\n", "s.yaml:2:1: a second document begins here"},
	{"name: [a\ntitle: b\n", "s.yaml:2:6: "},
	{"name: web\n\tx: 1\n", "s.yaml:2:1: "},
	{"name: we\xff\n", "s.yaml:1:9: "},
};

static void refuses_with_place(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		struct scenario *s = NULL;
		struct err err = ERR_INIT;
		int r = scenario_parse("s.yaml", bads[i].text, strlen(bads[i].text), kinds, &s,
				       &err);

		if (r != -EINVAL || err.kind != ERR_USAGE || s)
			fail_msg("case %zu was accepted: %s", i, bads[i].text);
		if (strncmp(err.text, bads[i].message, strlen(bads[i].message)))
			fail_msg("case %zu: \"%s\" instead of \"%s\"", i, err.text,
				 bads[i].message);
	}
}

static void refuse(const char *text, size_t n, const char *part)
{
	struct scenario *s = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(scenario_parse("s.yaml", text, n, kinds, &s, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
	if (!strstr(err.text, part))
		fail_msg("\"%s\" instead of \"%s\"", err.text, part);
}

static void has_ceilings(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4 << 20);

	for (int i = 0; i < 5000; i++)
		strbuf_addch(&sb, '[');
	refuse(sb.buf, sb.len, "nested too deeply");
	strbuf_reset(&sb);
	strbuf_addstr(&sb, "x: [");
	for (int i = 0; i < 30000; i++)
		strbuf_addstr(&sb, "a,");
	refuse(sb.buf, sb.len, "too many entries");
	strbuf_reset(&sb);
	for (int i = 0; i < 300; i++)
		strbuf_addf(&sb, "k%d: 1\n", i);
	refuse(sb.buf, sb.len, "s.yaml:257:1: too many keys");
	strbuf_reset(&sb);
	strbuf_addstr(&sb, HEAD "steps:\n");
	for (int i = 0; i < SCENARIO_MAX_STEPS + 1; i++)
		strbuf_addf(&sb, "- {stop: , name: n%d}\n", i);
	refuse(sb.buf, sb.len, "s.yaml:205:3: more than 200 steps");
	strbuf_reset(&sb);
	while (sb.len <= DOC_MAX_BYTES)
		strbuf_addstr(&sb, "# filler\n");
	refuse(sb.buf, sb.len, "larger than 1 MiB");
}

static void missing_file_is_usage(void **state)
{
	struct scenario *s = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(scenario_load("/nonexistent/x.yaml", kinds, &s, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "/nonexistent/x.yaml"));
}

static void schema_names_everything(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	scenario_print_schema(f, kinds);
	fclose(f);
	for (const struct field *d = fetch_fields; d->name; d++)
		assert_non_null(strstr(text, d->name));
	assert_non_null(strstr(text, "stop:"));
	assert_non_null(strstr(text, "limit: <a duration such as 250ms, 10s or 5m, 1ms to 24h> "
				     "(default 60s)"));
	assert_non_null(strstr(text, "get, head"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_everything),	 cmocka_unit_test(fills_defaults),
		cmocka_unit_test(refuses_with_place),	 cmocka_unit_test(has_ceilings),
		cmocka_unit_test(missing_file_is_usage), cmocka_unit_test(schema_names_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
