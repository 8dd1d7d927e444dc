/* SPDX-License-Identifier: MIT */
/*
 * report_rig: a run folder to be reported, and what a page must be.
 *
 * Owns a temporary folder. Included by the tests of report/ alone, after cmocka.
 */
#ifndef REPORT_REPORT_RIG_H
#define REPORT_REPORT_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "report/report.h"
#include "wire/escape.h"

struct fixture {
	char *dir;
	struct store *store;
};

static inline int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->dir = xstrdup("/tmp/report_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(store_create(f->dir, &f->store, NULL), 0);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	rm_rf(f->dir, NULL);
	free(f->dir);
	free(f);
	return 0;
}

static inline int64_t add_cell(struct fixture *f, const char *role, const char *scenario)
{
	struct store_cell c = {.role = role,
			       .kernel = strcmp(role, "kut") == 0 ? "it's a kernel" : "vmlinuz",
			       .target = "qemu",
			       .profile = "",
			       .lane = "static",
			       .scenario = scenario};

	assert_int_equal(store_add_cell(f->store, &c, NULL), 0);
	return c.id;
}

static inline void add_full(struct fixture *f, int64_t cell, const char *name, enum verdict v,
			    const char *reason, const char *detail)
{
	struct store_result r = {
		.cell = cell, .name = name, .verdict = v, .reason = reason, .detail = detail};

	assert_int_equal(store_add_result(f->store, &r, NULL), 0);
}

static inline void add(struct fixture *f, int64_t cell, const char *name, enum verdict v)
{
	add_full(f, cell, name, v, "because", NULL);
}

static inline int status_of(const struct fixture *f)
{
	_cleanup_(report_closep) struct report *r = NULL;

	assert_int_equal(report_open(f->dir, &r, NULL), 0);
	return report_status(r);
}

static inline int finish(struct fixture *f)
{
	assert_int_equal(store_set_fact(f->store, "state", "finished", NULL), 0);
	return status_of(f);
}

static inline char *write_as(struct fixture *f, const char *format,
			     const struct report_options *opts, size_t *ret_len)
{
	struct err err = ERR_INIT;
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_len);

	if (report_write(f->dir, format, out, opts, &err) < 0)
		fail_msg("%s: %s", format, err.text);
	fclose(out);
	return text;
}

/* A reader of elements that accepts nothing but well-formed ones. */
struct xml {
	const char *p;
	char open[32][32];
	unsigned int depth, elements;
};

static inline void xml_entity(struct xml *x)
{
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&middot;"};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strncmp(x->p, known[i], strlen(known[i])) == 0)
			return;
	fail_msg("bare &: %.60s", x->p);
}

static inline void xml_attributes(struct xml *x)
{
	for (;;) {
		x->p += strspn(x->p, " \n");
		if (*x->p == '>' || *x->p == '/')
			return;
		x->p += strcspn(x->p, "= >/");
		if (strncmp(x->p, "=\"", 2) != 0)
			fail_msg("attribute without value: %.60s", x->p);
		for (x->p += 2; *x->p != '"'; x->p++) {
			assert_true(*x->p && *x->p != '<');
			if (*x->p == '&')
				xml_entity(x);
		}
		x->p++;
	}
}

static inline void xml_close(struct xml *x)
{
	size_t n = strcspn(x->p, ">");

	assert_true(x->depth > 0);
	x->depth--;
	if (n != strlen(x->open[x->depth]) || strncmp(x->p, x->open[x->depth], n) != 0)
		fail_msg("</%.*s> closes <%s>", (int)n, x->p, x->open[x->depth]);
	x->p += n + 1;
}

static inline void xml_element(struct xml *x)
{
	size_t n = strcspn(x->p, " />\n");
	char *name = x->open[x->depth];

	assert_true(x->depth < ARRAY_SIZE(x->open) - 1 && n > 0 && n < sizeof(x->open[0]));
	snprintf(name, sizeof(x->open[0]), "%.*s", (int)n, x->p);
	x->p += n;
	x->elements++;
	xml_attributes(x);
	if (*x->p == '/') {
		assert_int_equal(x->p[1], '>');
		x->p += 2;
		return;
	}
	x->p++;
	x->depth++;
	/* Raw text ends at its own end tag alone. */
	if (strcmp(name, "script") == 0 || strcmp(name, "style") == 0) {
		x->p = strstr(x->p, "</");
		assert_non_null(x->p);
	}
}

static inline unsigned int count_elements(const char *text)
{
	struct xml x = {.p = text};

	while (*x.p) {
		if (strncmp(x.p, "<?", 2) == 0 || strncmp(x.p, "<!", 2) == 0) {
			x.p += strcspn(x.p, ">") + 1;
		} else if (strncmp(x.p, "</", 2) == 0) {
			x.p += 2;
			xml_close(&x);
		} else if (*x.p == '<') {
			x.p++;
			xml_element(&x);
		} else {
			if (*x.p == '&')
				xml_entity(&x);
			x.p++;
		}
	}
	assert_int_equal(x.depth, 0);
	return x.elements;
}

static inline unsigned int count_words(const char *text, const char *word)
{
	unsigned int n = 0;

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		n++;
	return n;
}

static const char hostile[] = "<script>alert('x')</script> \"&amp;\x1b[31mred\x1b]0;t\x07 \xff\xfe"
			      "\xe2\x80\xae]]> --> | ` \x01\x7f";

static inline void only_harmless_characters(const char *text, size_t n)
{
	uint32_t code = 0;

	for (size_t at = 0, len; at < n; at += len) {
		len = utf8_next(text + at, n - at, &code);
		assert_true(len > 0);
		if (code < 0x20 && code != '\n' && code != '\t')
			fail_msg("control character %u", code);
		assert_true(code < 0x7f || code > 0x9f);
		assert_true(code != 0x202e);
	}
}

#endif
