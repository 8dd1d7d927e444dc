/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "report/report_formats.h"
#include "wire/escape.h"

const struct report_ops *const report_formats[] = {
	&report_text,	  &report_json, &report_ktap,	&report_junit,
	&report_markdown, &report_html, &report_expect, NULL,
};

static const struct report_ops *find_format(const char *name)
{
	for (size_t i = 0; report_formats[i]; i++)
		if (strcmp(report_formats[i]->name, name) == 0)
			return report_formats[i];
	return NULL;
}

static int to_file(void *arg, const char *data, size_t n)
{
	if (fwrite(data, 1, n, arg) == n)
		return 0;
	return errno ? -errno : -EIO;
}

void report_printf(struct report_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(ctx->out, fmt, ap);
	va_end(ap);
}

void report_put(struct report_ctx *ctx, unsigned int mode, const char *text)
{
	if (text)
		escape_write(&ctx->sink, mode, text, strlen(text));
}

char *report_detail(struct report_ctx *ctx, const struct report_result *r)
{
	char *detail = NULL;

	if (!r->has_detail || store_read_detail(ctx->store, r->id, &detail, NULL) < 0)
		return xstrdup("");
	return detail;
}

/* The store is closed by the caller, and reads one moment of the run until then. */
static int load(const char *dir, struct store **ret_store, struct report_model *m,
		struct report_gaps *g, struct err *err)
{
	struct store *s = NULL;
	int r = store_open(dir, false, &s, err);

	if (r < 0)
		return r;
	/* What is read again while it is told is of the same moment. */
	r = store_read_begin(s, err);
	if (r == 0)
		r = report_model_load_telling(s, m, err);
	if (r < 0) {
		store_close(s);
		return r;
	}
	report_gaps(m, g);
	*ret_store = s;
	return 0;
}

int report_write(const char *dir, const char *format, FILE *out, const struct report_options *opts,
		 struct err *err)
{
	static const struct report_options plain = {0};
	const struct report_ops *ops = find_format(format);
	_cleanup_(report_model_release) struct report_model model = {0};
	_cleanup_(report_gaps_release) struct report_gaps gaps = {0};
	struct report_ctx ctx = {.model = &model,
				 .gaps = &gaps,
				 .opts = opts ? opts : &plain,
				 .out = out,
				 .sink = {to_file, out}};
	int r;

	if (!ops)
		return err_usage(err, "there is no report format \"%s\"; `harness list` names them",
				 format);
	r = load(dir, &ctx.store, &model, &gaps, err);
	if (r < 0)
		return r;
	errno = 0;
	r = ops->write(&ctx, err);
	store_close(ctx.store);
	if (r == 0 && (fflush(out) != 0 || ferror(out)))
		r = err_errno(err, errno ? errno : EIO, "cannot write the report");
	return r;
}

int report_exit_status(const char *dir, int *ret_status, struct err *err)
{
	_cleanup_(report_model_release) struct report_model model = {0};
	_cleanup_(report_gaps_release) struct report_gaps gaps = {0};
	struct store *s = NULL;
	int r = load(dir, &s, &model, &gaps, err);

	if (r < 0)
		return r;
	*ret_status = report_gaps_exit(&model, &gaps);
	store_close(s);
	return 0;
}
