/* SPDX-License-Identifier: MIT */
#include "report/compare_report.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

#define LIST_ROWS 200

const struct compare_ops *const compare_formats[] = {
	&compare_text, &compare_json, &compare_markdown, &compare_github, &compare_junit, NULL,
};

static const struct compare_ops *find_format(const char *name)
{
	for (size_t i = 0; compare_formats[i]; i++)
		if (strcmp(compare_formats[i]->name, name) == 0)
			return compare_formats[i];
	return NULL;
}

static int to_file(void *arg, const char *data, size_t n)
{
	if (fwrite(data, 1, n, arg) == n)
		return 0;
	return errno ? -errno : -EIO;
}

int compare_report(const struct compare *c, const char *format, FILE *out,
		   const struct compare_report_options *opts, struct err *err)
{
	const struct compare_ops *ops = find_format(format);
	const struct report_options plain = {.color = opts->color, .verbose = opts->verbose};
	struct compare_ctx ctx = {
		.r = {.model = &c->b->model, .opts = &plain, .out = out, .sink = {to_file, out}},
		.c = c,
		.opts = opts,
		.max_rows = opts->verbose ? SIZE_MAX : LIST_ROWS};
	int r;

	if (!ops)
		return err_usage(err,
				 "there is no format \"%s\" of a comparison: text, json, markdown, "
				 "github or junit",
				 format);
	errno = 0;
	r = ops->write(&ctx, err);
	if (r == 0 && (fflush(out) != 0 || ferror(out)))
		r = err_errno(err, errno ? errno : EIO, "cannot write the comparison");
	return r;
}

size_t compare_first(const struct compare *c, enum compare_change change)
{
	size_t first = 0;

	for (int i = 0; i < (int)change; i++)
		first += c->n[i];
	return first;
}

static void add_counts(struct strbuf *sb, const struct compare *c)
{
	const char *comma = "";

	for (int i = 0; i < COMPARE_COUNT; i++) {
		if (!c->n[i])
			continue;
		strbuf_addf(sb, "%s%zu %s", comma, c->n[i],
			    i == COMPARE_REGRESSION && c->n[i] > 1
				    ? "regressions"
				    : compare_change_name((enum compare_change)i));
		comma = ", ";
	}
	if (!c->n_rows)
		strbuf_addstr(sb, "nothing to compare");
}

char *compare_headline(const struct compare *c, bool gate)
{
	static const char *const words[] = {[0] = "passed", [1] = "failed", [3] = "unknowable"};
	struct strbuf sb = STRBUF_INIT(10000);

	if (!gate) {
		add_counts(&sb, c);
		return strbuf_detach(&sb, NULL);
	}
	strbuf_addstr(&sb, words[c->status]);
	for (size_t i = 0; i < c->reasons.n; i++)
		strbuf_addf(&sb, "%s%s", i ? "; " : ": ", c->reasons.v[i]);
	return strbuf_detach(&sb, NULL);
}

char *compare_link(const struct compare_ctx *ctx, const struct compare_row *row)
{
	struct strbuf sb = STRBUF_INIT(64 << 10);
	_autofree_ char *where = NULL, *path = NULL;

	if (!ctx->opts->links || ctx->c->b->is_json || !row->b.result)
		return NULL;
	where = report_where(row->b.cell, row->b.result);
	if (!where || !report_has_console(row->b.result))
		return NULL;
	*strrchr(where, ':') = '\0';
	path = xasprintf("%s/%s", ctx->opts->links, where);
	for (const char *p = strncmp(path, "./", 2) == 0 ? path + 2 : path; *p; p++)
		strbuf_addf(&sb, isalnum((unsigned char)*p) || strchr("/._-", *p) ? "%c" : "%%%02X",
			    (unsigned char)*p);
	return strbuf_detach(&sb, NULL);
}
