/* SPDX-License-Identifier: MIT */
#include "report/history_report.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

const struct history_ops *const history_formats[] = {&history_text, &history_json,
						     &history_markdown, NULL};

static const struct history_ops *find_format(const char *name)
{
	for (size_t i = 0; history_formats[i]; i++)
		if (strcmp(history_formats[i]->name, name) == 0)
			return history_formats[i];
	return NULL;
}

static int to_file(void *arg, const char *data, size_t n)
{
	if (fwrite(data, 1, n, arg) == n)
		return 0;
	return errno ? -errno : -EIO;
}

int history_report(const struct history *h, const char *format, FILE *out,
		   const struct history_report_options *opts, struct err *err)
{
	const struct history_ops *ops = find_format(format);
	const struct report_options plain = {.color = opts->color, .verbose = opts->verbose};
	struct history_ctx ctx = {
		.r = {.opts = &plain, .out = out, .sink = {to_file, out}}, .h = h, .opts = opts};
	int r;

	if (!ops)
		return err_usage(err,
				 "there is no format \"%s\" of a history: text, json or markdown",
				 format);
	errno = 0;
	r = ops->write(&ctx, err);
	if (r == 0 && (fflush(out) != 0 || ferror(out)))
		r = err_errno(err, errno ? errno : EIO, "cannot write the history");
	return r;
}

static bool matches(const struct strv *only, const char *name)
{
	for (size_t i = 0; only && i < only->n; i++)
		if (fnmatch(only->v[i], name, 0) == 0)
			return true;
	return !only || !only->n;
}

const struct history_case *history_next(const struct history_ctx *ctx,
					enum history_standing standing, size_t *i)
{
	while (*i < ctx->h->n_cases) {
		const struct history_case *k = &ctx->h->cases[(*i)++];

		if (k->standing == standing && matches(ctx->opts->only, k->name))
			return k;
	}
	return NULL;
}

char *history_trend(const struct history *h, const struct history_case *k, size_t n)
{
	size_t from = h->n_runs > n ? h->n_runs - n : 0;
	char *trend = xcalloc(h->n_runs - from + 1, 1);

	for (size_t i = from; i < h->n_runs; i++)
		trend[i - from] = k->marks[i].mark;
	return trend;
}

const char *history_time(uint64_t begin_us, char *buf, size_t n)
{
	time_t at = (time_t)(begin_us / SEC);
	struct tm tm;

	if (!begin_us || !gmtime_r(&at, &tm) || !strftime(buf, n, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(buf, n, "?");
	return buf;
}

char *history_title(const struct history_case *k)
{
	return xasprintf("%s%s · %s%s%s", strcmp(k->role, "kut") == 0 ? "" : "reference · ",
			 k->scenario, k->lane, *k->profile ? " · " : "", k->profile);
}

char *history_rate(const struct history_case *k)
{
	return xasprintf("fails %.1f %% of %" PRIu64 " attempts (95 %%: %.1f to %.1f %%)",
			 100 * k->rate.seen, k->samples, 100 * k->rate.low, 100 * k->rate.high);
}

char *history_counts(const struct history *h)
{
	struct strbuf sb = STRBUF_INIT(1000);

	for (int i = 0; i < HISTORY_STANDINGS; i++)
		if (h->n[i])
			strbuf_addf(&sb, "%s%zu %s", sb.len ? ", " : "", h->n[i],
				    history_standing_name((enum history_standing)i));
	if (!sb.len)
		strbuf_addstr(&sb, "no case");
	return strbuf_detach(&sb, NULL);
}
