/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "report/report_html.h"

#define MAX_EVENTS 200

/* The reference's cell that asks the same. */
static const struct report_cell *twin_of(const struct report_model *m, const struct report_cell *c)
{
	for (size_t i = 0; i < m->n_cells; i++)
		if (!report_is_kut(&m->cells[i]) && report_same_kind(&m->cells[i], c))
			return &m->cells[i];
	return NULL;
}

static void put_value(struct report_ctx *ctx, const struct report_metric *m)
{
	if (!m) {
		report_printf(ctx, "<td class=\"n muted\">not seen</td>");
		return;
	}
	report_printf(ctx, "<td class=\"n\">%.6g ", m->value);
	html_line(ctx, m->unit);
	report_printf(ctx, "</td>");
}

static void put_metrics_of(struct report_ctx *ctx, const struct report_cell *c, bool both)
{
	_autofree_ char *title = report_cell_title(c);
	const struct report_cell *twin = both ? twin_of(ctx->model, c) : NULL;

	for (size_t i = 0; i < c->n_metrics; i++) {
		report_printf(ctx, "<tr><th scope=\"row\">");
		html_line(ctx, c->metrics[i].name);
		report_printf(ctx, "</th><td class=\"muted\">");
		html_line(ctx, title);
		report_printf(ctx, "</td>");
		put_value(ctx, &c->metrics[i]);
		if (both)
			put_value(ctx, twin ? report_metric(twin, c->metrics[i].name) : NULL);
		report_printf(ctx, "</tr>\n");
	}
}

static bool has_metrics(const struct report_model *m)
{
	for (size_t i = 0; i < m->n_cells; i++)
		if (m->cells[i].n_metrics)
			return true;
	return false;
}

void html_metrics(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;
	bool both = m->has_kut && m->has_reference;

	if (!has_metrics(m))
		return;
	report_printf(ctx,
		      "<section id=\"measured\"><h2>Measured</h2>\n<div class=\"scroll\"><table>"
		      "<thead><tr><th scope=\"col\">what</th><th scope=\"col\">cell</th>"
		      "<th scope=\"col\" class=\"n\">%s</th>%s</tr></thead><tbody>\n",
		      m->has_kut ? "under test" : "reference",
		      both ? "<th scope=\"col\" class=\"n\">reference</th>" : "");
	for (size_t i = 0; i < m->n_cells; i++)
		if (!both || report_is_kut(&m->cells[i]))
			put_metrics_of(ctx, &m->cells[i], both);
	report_printf(ctx, "</tbody></table></div></section>\n");
}

static void put_facts(struct report_ctx *ctx, const struct report_facts *f)
{
	report_printf(ctx, "<dl class=\"facts\">\n");
	for (size_t i = 0; i < f->n; i++) {
		report_printf(ctx, "<div><dt>");
		html_line(ctx, f->v[i].key);
		report_printf(ctx, "</dt><dd>");
		html_line(ctx, f->v[i].value);
		report_printf(ctx, "</dd></div>\n");
	}
	report_printf(ctx, "</dl>\n");
}

struct events {
	struct report_ctx *ctx;
	uint64_t boot_us;
	unsigned int n;
};

static int put_event(void *arg, const struct store_event_row *e)
{
	struct events *ev = arg;
	uint64_t since = e->time_us > ev->boot_us ? e->time_us - ev->boot_us : 0;

	if (ev->n++ >= MAX_EVENTS)
		return 1;
	report_printf(ev->ctx, "<tr><td class=\"n muted\">%.3f</td><td>",
		      (double)since / (double)SEC);
	html_line(ev->ctx, e->kind);
	report_printf(ev->ctx, "</td><td><pre>");
	html_text(ev->ctx, e->text);
	report_printf(ev->ctx, "</pre></td></tr>\n");
	return 0;
}

static void put_events(struct report_ctx *ctx, const struct report_boot *b)
{
	struct events ev = {.ctx = ctx, .boot_us = b->row.begin_us};

	if (!b->row.events)
		return;
	report_printf(ctx,
		      "<h3>Events</h3><div class=\"scroll\"><table class=\"events\"><thead><tr>"
		      "<th scope=\"col\" class=\"n\">s</th><th scope=\"col\">kind</th>"
		      "<th scope=\"col\">text</th></tr></thead><tbody>\n");
	store_each_event(ctx->store, b->row.id, put_event, &ev, NULL);
	report_printf(ctx, "</tbody></table></div>\n");
	if (b->row.events > MAX_EVENTS)
		report_printf(ctx, "<p class=\"muted\">The first %d of %" PRIu64 " events.</p>\n",
			      MAX_EVENTS, b->row.events);
}

static void put_number(struct report_ctx *ctx, const struct report_boot *b, const char *key,
		       bool bad)
{
	const char *value = report_fact(&b->facts, key);

	report_printf(ctx, bad && value && strcmp(value, "0") != 0 ? "<td class=\"n warn\">"
								   : "<td class=\"n\">");
	html_line(ctx, value ? value : "");
	report_printf(ctx, "</td>");
}

static void put_fact(struct report_ctx *ctx, const struct report_boot *b, const char *key)
{
	report_printf(ctx, "<td>");
	html_line(ctx, report_fact(&b->facts, key));
	report_printf(ctx, "</td>");
}

static void put_boot_row(struct report_ctx *ctx, const struct report_cell *c,
			 const struct report_boot *b)
{
	_autofree_ char *title = report_cell_title(c);
	const char *hello = report_fact(&b->facts, "hello_us");
	char time[32];

	report_printf(ctx, "<tr><th scope=\"row\">%s ",
		      report_is_kut(c) ? "" : "reference \u00b7 ");
	html_line(ctx, title);
	report_printf(ctx, " <a href=\"#b%" PRId64 "\">boot %u</a></th>", b->row.id, b->row.number);
	put_fact(ctx, b, "accel");
	put_fact(ctx, b, "profile");
	report_printf(ctx, "<td class=\"n\">%s</td>",
		      hello ? report_duration(strtoull(hello, NULL, 10), time, sizeof(time))
			    : "none");
	put_fact(ctx, b, "end");
	put_number(ctx, b, "channel.frames_in", false);
	put_number(ctx, b, "channel.frames_out", false);
	put_number(ctx, b, "channel.bad_crc", true);
	put_number(ctx, b, "channel.resent", true);
	put_number(ctx, b, "channel.lost", true);
	report_printf(ctx, "</tr>\n");
}

static void put_boot(struct report_ctx *ctx, const struct report_cell *c,
		     const struct report_boot *b)
{
	_autofree_ char *title = report_cell_title(c);

	report_printf(ctx, "<details class=\"fold\" id=\"b%" PRId64 "\"><summary>%s", b->row.id,
		      report_is_kut(c) ? "" : "reference \u00b7 ");
	html_line(ctx, title);
	report_printf(ctx, " boot %u</summary>\n<div class=\"body\">", b->row.number);
	put_facts(ctx, &b->facts);
	put_events(ctx, b);
	report_printf(ctx, "</div></details>\n");
}

static void each_boot(struct report_ctx *ctx,
		      void (*fn)(struct report_ctx *ctx, const struct report_cell *c,
				 const struct report_boot *b))
{
	for (size_t i = 0; i < ctx->model->n_cells; i++)
		for (size_t j = 0; j < ctx->model->cells[i].n_boots; j++)
			fn(ctx, &ctx->model->cells[i], &ctx->model->cells[i].boots[j]);
}

void html_boots(struct report_ctx *ctx)
{
	report_printf(ctx,
		      "<section id=\"boots\"><h2>Boots</h2>\n"
		      "<p class=\"muted\">Frames over the channel to the guest\u2019s agent;"
		      " damaged ones are sent again, none is lost in silence.</p>\n"
		      "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">boot</th>"
		      "<th scope=\"col\">accel</th><th scope=\"col\">profile</th>"
		      "<th scope=\"col\" class=\"n\">to hello</th><th scope=\"col\">end</th>"
		      "<th scope=\"col\" class=\"n\">in</th><th scope=\"col\" class=\"n\">out</th>"
		      "<th scope=\"col\" class=\"n\">bad CRC</th>"
		      "<th scope=\"col\" class=\"n\">sent again</th>"
		      "<th scope=\"col\" class=\"n\">lost</th></tr></thead><tbody>\n");
	each_boot(ctx, put_boot_row);
	report_printf(ctx, "</tbody></table></div>\n");
	each_boot(ctx, put_boot);
	report_printf(ctx, "</section>\n");
}

void html_facts(struct report_ctx *ctx)
{
	report_printf(ctx, "<section id=\"facts\"><h2>Run</h2>\n");
	put_facts(ctx, &ctx->model->facts);
	report_printf(ctx, "</section>\n");
}
