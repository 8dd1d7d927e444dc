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

struct report {
	struct store *store; /* of one moment of the run: what is read again while it is told too */
	struct report_model model;
	struct report_gaps gaps;
};

int report_open(const char *dir, struct report **ret_report, struct err *err)
{
	struct report *r = xcalloc(1, sizeof(*r));
	int e = store_open(dir, false, &r->store, err);

	if (e == 0)
		e = store_read_begin(r->store, err);
	if (e == 0)
		e = report_model_load_telling(r->store, &r->model, err);
	if (e < 0) {
		report_close(r);
		return e;
	}
	report_gaps(&r->model, &r->gaps);
	*ret_report = r;
	return 0;
}

void report_close(struct report *r)
{
	if (!r)
		return;
	report_gaps_release(&r->gaps);
	report_model_release(&r->model);
	store_close(r->store);
	free(r);
}

int report_tell(const struct report *r, const char *format, FILE *out,
		const struct report_options *opts, struct err *err)
{
	static const struct report_options plain = {0};
	const struct report_ops *ops = find_format(format);
	struct report_ctx ctx = {.store = r->store,
				 .model = &r->model,
				 .gaps = &r->gaps,
				 .opts = opts ? opts : &plain,
				 .out = out,
				 .sink = {to_file, out}};
	int e;

	if (!ops)
		return err_usage(err, "there is no report format \"%s\"; `harness list` names them",
				 format);
	errno = 0;
	e = ops->write(&ctx, err);
	if (e == 0 && (fflush(out) != 0 || ferror(out)))
		e = err_errno(err, errno ? errno : EIO, "cannot write the report");
	return e;
}

int report_status(const struct report *r)
{
	return report_gaps_exit(&r->model, &r->gaps);
}

int report_write(const char *dir, const char *format, FILE *out, const struct report_options *opts,
		 struct err *err)
{
	_cleanup_(report_closep) struct report *r = NULL;
	int e = report_open(dir, &r, err);

	return e < 0 ? e : report_tell(r, format, out, opts, err);
}
