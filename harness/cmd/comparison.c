/* SPDX-License-Identifier: MIT */
#include "cmd/comparison.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "cmd/args.h"
#include "cmd/known.h"
#include "report/compare_report.h"

enum { OPT_FORMAT = 'f', OPT_OUTPUT = 'o', OPT_VERBOSE = 'v', OPT_ONLY = 256 };

static const struct argp_option options[] = {
	{"format", OPT_FORMAT, "NAME", 0, "text (default), json, markdown, github, junit"},
	{"output", OPT_OUTPUT, "FILE", 0, "write there instead of standard output"},
	{"only", OPT_ONLY, "PATTERN", 0, "only cases whose names match (may be given again)"},
	{"verbose", OPT_VERBOSE, NULL, 0, "what is the same too, and lists whole"},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct comparison *c = state->input;

	switch (key) {
	case OPT_FORMAT:
		c->format = arg;
		return 0;
	case OPT_OUTPUT:
		c->output = arg;
		return 0;
	case OPT_ONLY:
		strv_push(&c->only, arg);
		return 0;
	case OPT_VERBOSE:
		c->verbose = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp comparison_argp = {.options = options, .parser = parse};

void comparison_init(struct comparison *c)
{
	*c = (struct comparison){.format = "text"};
}

void comparison_release(struct comparison *c)
{
	compare_release(&c->compare);
	report_side_release(&c->side_a);
	report_side_release(&c->side_b);
	history_release(&c->history);
	strv_release(&c->only);
	strv_release(&c->past);
}

/* Damaged runs say nothing: they are told and left out. */
static int load_past(struct comparison *c, struct err *err)
{
	int r = 0;

	history_init(&c->history);
	for (size_t i = 0; r == 0 && i < c->past.n; i++)
		r = history_add(&c->history, c->past.v[i], err);
	for (size_t i = 0; i < c->history.damaged.n; i++)
		log_warn("passed over: %s", c->history.damaged.v[i]);
	if (r == 0)
		history_finish(&c->history, 0);
	return r;
}

int comparison_load(struct comparison *c, struct err *err)
{
	int r = report_side_load(c->a, &c->side_a, err);

	if (r == 0)
		r = report_side_load(c->b, &c->side_b, err);
	if (r == 0 && c->expect)
		r = known_lay(c->expect, &c->side_b.model, err);
	if (r == 0)
		r = load_past(c, err);
	if (r == 0)
		r = compare_sides(&c->side_a, &c->side_b, &c->only, &c->history, &c->compare, err);
	return r;
}

/* "../../runs/x": to, seen from the folder from; both absolute and without links. */
static char *seen_from(const char *from, const char *to)
{
	struct strbuf sb = STRBUF_INIT(3 * PATH_MAX);
	size_t same = 0, i = 0;

	for (; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i + 1;
	if ((!from[i] && to[i] == '/') || (!to[i] && from[i] == '/') || (!from[i] && !to[i]))
		same = i;
	if (from[same] == '/' || to[same] == '/')
		same++;
	for (const char *p = same < strlen(from) ? from + same : ""; *p;) {
		strbuf_addstr(&sb, "../");
		p += strcspn(p, "/");
		p += *p == '/';
	}
	strbuf_addstr(&sb, same < strlen(to) ? to + same : "");
	while (sb.len && sb.buf[sb.len - 1] == '/')
		sb.buf[--sb.len] = '\0';
	if (!sb.len)
		strbuf_addch(&sb, '.');
	return strbuf_detach(&sb, NULL);
}

/* The new run's folder as the report's place sees it; a report that goes to no file lies in it. */
static char *links(const struct comparison *c)
{
	_autofree_ char *folder = NULL, *from = NULL, *to = NULL;
	char *slash;

	if (!c->output)
		return xstrdup(".");
	folder = xstrdup(c->output);
	slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	from = realpath(slash ? folder : ".", NULL);
	to = realpath(c->b, NULL);
	return from && to ? seen_from(from, to) : NULL;
}

static const char *step_summary(void)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");

	return path && *path ? path : NULL;
}

int comparison_report(const struct comparison *c, struct err *err)
{
	_autofree_ char *folder = links(c);
	_autofclose_ FILE *file = NULL;
	const struct compare_report_options opts = {
		.gate = c->gate,
		.verbose = c->verbose,
		.color = args_color(c->output),
		.links = folder,
		.summary = step_summary(),
	};

	int r = args_output(c->output, &file, err);

	if (r < 0)
		return r;
	return compare_report(&c->compare, c->format, file ? file : stdout, &opts, err);
}
