/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "wire/suite_gtest.h"

/* One line of what a failure says. */
static void flatten(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ')
			*s = ' ';
}

static void tell_one(suite_gtest_fn *fn, void *arg, const char *const names[2],
		     enum suite_status status, const char *text)
{
	_autofree_ char *name = xasprintf("%s.%s", names[0], names[1]);
	_autofree_ char *reason = text ? xstrndup(text, SUITE_MAX_REASON - 1) : NULL;

	if (reason)
		flatten(reason);
	fn(arg, name, status, reason);
}

/* ---- JSON ---- */

static unsigned int number(const json_t *o, const char *key)
{
	json_int_t v = json_integer_value(json_object_get(o, key));

	return v < 0 || v > SUITE_MAX_TESTS * 2 ? 0 : (unsigned int)v;
}

static void json_test(const char *suite, const json_t *t, suite_gtest_fn *fn, void *arg)
{
	const char *name = json_string_value(json_object_get(t, "name"));
	const char *status = json_string_value(json_object_get(t, "status"));
	const char *result = json_string_value(json_object_get(t, "result"));
	const json_t *failures = json_object_get(t, "failures");
	const char *names[] = {suite, name};

	if (!name || !status || strcmp(status, "RUN") != 0)
		return;
	if (json_array_size(failures))
		tell_one(
			fn, arg, names, SUITE_FAIL,
			json_string_value(json_object_get(json_array_get(failures, 0), "failure")));
	else if (result && strcmp(result, "SKIPPED") == 0)
		tell_one(fn, arg, names, SUITE_SKIP, NULL);
	else if (result && strcmp(result, "COMPLETED") == 0)
		tell_one(fn, arg, names, SUITE_PASS, NULL);
}

static void read_json(const char *data, size_t n, suite_gtest_fn *fn, void *arg,
		      struct suite_gtest_file *ret)
{
	json_t *root = json_loadb(data, n, JSON_REJECT_DUPLICATES, NULL), *suite, *test;
	const json_t *suites = json_object_get(root, "testsuites");
	size_t i, k;

	if (!json_is_array(suites)) {
		ret->problem = root ? "has no testsuites" : "is no JSON";
		json_decref(root);
		return;
	}
	ret->planned = number(root, "tests");
	ret->failed = number(root, "failures");
	ret->disabled = number(root, "disabled");
	json_array_foreach(suites, i, suite)
	{
		const char *name = json_string_value(json_object_get(suite, "name"));
		const json_t *tests = json_object_get(suite, "testsuite");

		json_array_foreach(tests, k, test) json_test(name ? name : "", test, fn, arg);
	}
	ret->whole = true;
	json_decref(root);
}

/* ---- XML: tags and their attributes, as googletest writes them ---- */

struct xml {
	const char *p, *end;
	suite_gtest_fn *fn;
	void *arg;
	struct suite_gtest_file *ret;
	char *suite, *test, *failure; /* open */
	bool skipped, ran, opened, closed;
};

/* The first character behind the next occurrence of what, or NULL. */
static const char *behind(const struct xml *x, const char *what)
{
	const char *at = memmem(x->p, (size_t)(x->end - x->p), what, strlen(what));

	return at ? at + strlen(what) : NULL;
}

static void add_entity(struct strbuf *sb, const char *s, size_t n)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
	unsigned long code;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strlen(known[i].name) == n && memcmp(known[i].name, s, n) == 0) {
			strbuf_addch(sb, known[i].c);
			return;
		}
	}
	code = n > 2 && s[0] == '#' && s[1] == 'x' ? strtoul(s + 2, NULL, 16) : 0;
	if (n > 1 && s[0] == '#' && s[1] != 'x')
		code = strtoul(s + 1, NULL, 10);
	strbuf_addch(sb, code >= ' ' && code < 0x7f ? (char)code : code ? ' ' : '?');
}

static char *unescape(const char *s, size_t n)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(64u << 10);
	size_t len;

	for (size_t i = 0; i < n; i++) {
		const char *semi = s[i] == '&' ? memchr(s + i, ';', n - i) : NULL;
		char word[12] = "";

		if (!semi || (size_t)(semi - s) - i > sizeof(word)) {
			strbuf_addch(&sb, s[i]);
			continue;
		}
		memcpy(word, s + i + 1, (size_t)(semi - s) - i - 1);
		add_entity(&sb, word, strnlen(word, sizeof(word)));
		i = (size_t)(semi - s);
	}
	return strbuf_detach(&sb, &len);
}

/* The value of an attribute in a tag's inside; NULL: it has none. The caller frees. */
static char *attribute(const char *tag, size_t n, const char *name)
{
	const char *end = tag + n;

	while (tag < end) {
		size_t len;
		const char *close;
		bool found;

		while (tag < end && isspace((unsigned char)*tag))
			tag++;
		len = 0;
		while (tag + len < end && tag[len] != '=' && !isspace((unsigned char)tag[len]))
			len++;
		found = len == strlen(name) && memcmp(tag, name, len) == 0;
		tag += len;
		if (tag + 1 >= end || tag[0] != '=' || (tag[1] != '"' && tag[1] != '\'')) {
			tag++;
			continue;
		}
		close = memchr(tag + 2, tag[1], (size_t)(end - tag) - 2);
		if (!close)
			return NULL;
		if (found)
			return unescape(tag + 2, (size_t)(close - tag) - 2);
		tag = close + 1;
	}
	return NULL;
}

static unsigned int attribute_number(const char *tag, size_t n, const char *name)
{
	_autofree_ char *text = attribute(tag, n, name);
	unsigned long v = text ? strtoul(text, NULL, 10) : 0;

	return v > SUITE_MAX_TESTS * 2 ? 0 : (unsigned int)v;
}

static void end_test(struct xml *x)
{
	const char *names[] = {x->suite ? x->suite : "", x->test};

	if (x->test && x->ran)
		tell_one(x->fn, x->arg, names,
			 x->failure   ? SUITE_FAIL
			 : x->skipped ? SUITE_SKIP
				      : SUITE_PASS,
			 x->failure);
	free(TAKE(x->test));
	free(TAKE(x->failure));
	x->skipped = false;
}

static void begin_test(struct xml *x, const char *in, size_t n)
{
	_autofree_ char *status = attribute(in, n, "status");
	_autofree_ char *result = attribute(in, n, "result");

	end_test(x);
	x->test = attribute(in, n, "name");
	x->ran = status && strcmp(status, "run") == 0;
	x->skipped = result && strcmp(result, "skipped") == 0;
}

/* name: of the tag, with its '/' when it ends one. in: what follows it. */
static void take_tag(struct xml *x, const char *name, const char *in, size_t n)
{
	bool empty = n && in[n - 1] == '/';

	if (strcmp(name, "testsuites") == 0) {
		x->opened = true;
		x->ret->planned = attribute_number(in, n, "tests");
		x->ret->failed = attribute_number(in, n, "failures");
		x->ret->disabled = attribute_number(in, n, "disabled");
	} else if (strcmp(name, "testsuite") == 0) {
		free(x->suite);
		x->suite = attribute(in, n, "name");
	} else if (strcmp(name, "testcase") == 0) {
		begin_test(x, in, n);
		if (empty)
			end_test(x);
	} else if (strcmp(name, "/testcase") == 0) {
		end_test(x);
	} else if (strcmp(name, "failure") == 0 && !x->failure) {
		x->failure = attribute(in, n, "message");
		if (!x->failure)
			x->failure = xstrdup("failed");
	} else if (strcmp(name, "skipped") == 0) {
		x->skipped = true;
	} else if (strcmp(name, "/testsuites") == 0) {
		x->closed = x->opened;
	}
}

/* The end of a tag that begins at p: a '>' outside quotes. NULL: it has none. */
static const char *tag_end(const char *p, const char *end)
{
	char quote = '\0';

	for (; p < end; p++) {
		if (quote)
			quote = *p == quote ? '\0' : quote;
		else if (*p == '"' || *p == '\'')
			quote = *p;
		else if (*p == '>')
			return p;
	}
	return NULL;
}

static void read_xml(const char *data, size_t n, suite_gtest_fn *fn, void *arg,
		     struct suite_gtest_file *ret)
{
	struct xml x = {.p = data, .end = data + n, .fn = fn, .arg = arg, .ret = ret};

	while (!x.closed && (x.p = behind(&x, "<"))) {
		char name[16] = "";
		size_t len = 0;
		const char *close;

		if (x.end - x.p > 8 && memcmp(x.p, "![CDATA[", 8) == 0)
			close = behind(&x, "]]>");
		else if (x.end - x.p > 3 && memcmp(x.p, "!--", 3) == 0)
			close = behind(&x, "-->");
		else
			close = tag_end(x.p, x.end);
		if (!close)
			break;
		if (*x.p == '!' || *x.p == '?') {
			x.p = close;
			continue;
		}
		while (x.p + len < close && !isspace((unsigned char)x.p[len]) &&
		       !(len && x.p[len] == '/'))
			len++;
		if (len < sizeof(name))
			memcpy(name, x.p, len);
		take_tag(&x, name, x.p + len, (size_t)(close - x.p) - len);
		x.p = close;
	}
	end_test(&x);
	free(x.suite);
	ret->whole = x.closed;
	if (!ret->whole)
		ret->problem =
			x.opened ? "ends too early" : "is neither JSON nor XML of googletest";
}

void suite_gtest_file_read(const char *data, size_t n, suite_gtest_fn *fn, void *arg,
			   struct suite_gtest_file *ret)
{
	size_t i = 0;

	*ret = (struct suite_gtest_file){0};
	while (i < n && isspace((unsigned char)data[i]))
		i++;
	if (n > SUITE_MAX_FILE)
		ret->problem = "is too large";
	else if (i < n && data[i] == '{')
		read_json(data, n, fn, arg, ret);
	else
		read_xml(data, n, fn, arg, ret);
}
