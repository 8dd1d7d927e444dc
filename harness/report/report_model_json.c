/* SPDX-License-Identifier: MIT */
#include "report/report_model_json.h"

#include <errno.h>
#include <string.h>

#include "base/xalloc.h"

static void take_fact(void *arg, const char *key, const char *text)
{
	struct report_facts *f = arg;

	if ((f->n & (f->n + 1)) == 0)
		f->v = xreallocarray(f->v, 2 * (f->n + 1), sizeof(*f->v));
	f->v[f->n++] = (struct report_fact){.key = xstrdup(key), .value = xstrdup(text)};
}

static void take_facts(const struct jsonr *j, struct report_facts *f)
{
	jsonr_each_string(jsonr_get(j, "facts"), take_fact, f);
}

static void take_boots(const struct jsonr *j, struct report_cell *c)
{
	size_t n = jsonr_length(j);

	c->boots = xcalloc(n + 1, sizeof(*c->boots));
	for (size_t i = 0; i < n; i++) {
		const struct jsonr *boot = jsonr_at(j, i);
		struct report_boot *b = &c->boots[c->n_boots++];

		b->row = (struct store_boot_row){
			.id = (int64_t)jsonr_uint(boot, "id", 0),
			.cell = c->cell.id,
			.number = (unsigned int)jsonr_uint(boot, "number", 0),
			.begin_us = jsonr_uint(boot, "begin_us", 0),
			.last_us = jsonr_uint(boot, "last_us", 0),
			.events_dropped = jsonr_uint(boot, "events_dropped", 0),
		};
		take_facts(boot, &b->facts);
	}
}

static void take_attempt(const struct jsonr *j, struct report_result *r)
{
	int v = verdict_parse(jsonr_string(j, "verdict", NULL));

	if (v < 0)
		return;
	r->outcomes[v]++;
	r->attempts++;
	if (jsonr_bool(j, "retry") || (v != VERDICT_PASS && !verdict_is_bad((enum verdict)v)))
		return;
	r->samples++;
	r->samples_bad += verdict_is_bad((enum verdict)v);
}

/* A report that does not name the attempts knows of one. */
static void take_attempts(const struct jsonr *j, struct report_result *r)
{
	const struct jsonr *attempts = jsonr_get(j, "attempts");

	for (size_t i = 0; i < jsonr_length(attempts); i++)
		take_attempt(jsonr_at(attempts, i), r);
	if (!r->attempts)
		take_attempt(j, r);
	r->flaky = jsonr_bool(j, "flaky");
	r->telling = verdict_merge(r->outcomes).telling;
}

static int take_result(const struct jsonr *j, struct report_cell *c, struct err *err)
{
	const char *name = jsonr_string(j, "name", NULL), *word = jsonr_string(j, "verdict", NULL);
	int v = verdict_parse(word);

	if (!name || v < 0)
		return err_set(err, EBADMSG, "a result without %s that is known",
			       name ? "a verdict" : "a name");
	c->results[c->n_results++] = (struct report_result){
		.name = xstrdup(name),
		.verdict = (enum verdict)v,
		.reason = xstrdup(jsonr_string(j, "reason", "")),
		.fingerprint = xstrdup(jsonr_string(j, "fingerprint", "")),
		.boot = (int64_t)jsonr_uint(j, "boot", 0),
		.begin_us = jsonr_uint(j, "begin_us", 0),
		.end_us = jsonr_uint(j, "end_us", 0),
		.console_from = jsonr_uint(j, "console_from", 0),
		.console_to = jsonr_uint(j, "console_to", 0),
	};
	take_attempts(j, &c->results[c->n_results - 1]);
	if (c->results[c->n_results - 1].flaky)
		c->tally.flaky++;
	else
		verdict_tally_add(&c->tally, (enum verdict)v);
	return 0;
}

static int take_results(const struct jsonr *j, struct report_cell *c, struct err *err)
{
	size_t n = jsonr_length(j);
	int r = 0;

	if (!jsonr_is_array(j))
		return err_set(err, EBADMSG, "a cell without results");
	c->results = xcalloc(n + 1, sizeof(*c->results));
	for (size_t i = 0; r == 0 && i < n; i++)
		r = take_result(jsonr_at(j, i), c, err);
	return r;
}

static int take_cell(const struct jsonr *j, struct report_model *m, struct err *err)
{
	struct report_cell *c = &m->cells[m->n_cells++];

	c->cell = (struct store_cell){
		.id = (int64_t)jsonr_uint(j, "id", 0),
		.role = xstrdup(jsonr_string(j, "role", "")),
		.kernel = xstrdup(jsonr_string(j, "kernel", "")),
		.target = xstrdup(jsonr_string(j, "target", "")),
		.profile = xstrdup(jsonr_string(j, "profile", "")),
		.lane = xstrdup(jsonr_string(j, "lane", "")),
		.scenario = xstrdup(jsonr_string(j, "scenario", "")),
	};
	c->begin_us = jsonr_uint(j, "begin_us", 0);
	c->end_us = jsonr_uint(j, "end_us", 0);
	c->missing = (unsigned int)jsonr_uint(j, "missing", 0);
	if (report_is_kut(c))
		m->has_kut = true;
	else
		m->has_reference = true;
	take_facts(j, &c->facts);
	take_boots(jsonr_get(j, "boots"), c);
	return take_results(jsonr_get(j, "results"), c, err);
}

static const char *state_of(const struct jsonr *root)
{
	static const char *const states[] = {"running", "finished"};
	const char *word = jsonr_string(root, "state", "");

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i], word) == 0)
			return states[i];
	return "interrupted";
}

static int check(const struct jsonr *root, struct err *err)
{
	uint64_t format = jsonr_uint(root, "format", 0);

	if (!format || !jsonr_is_array(jsonr_get(root, "cells")))
		return err_set(err, EBADMSG, "it has no format and no cells");
	if (format > REPORT_JSON_VERSION)
		return err_set(err, ENOTSUP,
			       "format %llu; this harness knows up to %d: read it with a newer one",
			       (unsigned long long)format, REPORT_JSON_VERSION);
	return 0;
}

int report_model_from_json(const struct jsonr *root, struct report_model *ret_model,
			   struct err *err)
{
	const struct jsonr *cells = jsonr_get(root, "cells");
	struct report_model m = {.state = state_of(root)};
	int r = check(root, err);

	if (r < 0)
		return r;
	m.dir = xstrdup("");
	m.end_us = jsonr_uint(root, "end_us", 0);
	m.n_over = (size_t)jsonr_uint(root, "expired", 0);
	m.cells = xcalloc(jsonr_length(cells) + 1, sizeof(*m.cells));
	take_facts(root, &m.facts);
	for (size_t i = 0; r == 0 && i < jsonr_length(cells); i++)
		r = take_cell(jsonr_at(cells, i), &m, err);
	if (r < 0) {
		report_model_release(&m);
		return r;
	}
	for (size_t i = 0; i < m.n_cells; i++)
		for (int v = 0; v < VERDICT_COUNT; v++)
			m.total.n[v] += m.cells[i].tally.n[v];
	for (size_t i = 0; i < m.n_cells; i++)
		m.total.flaky += m.cells[i].tally.flaky;
	*ret_model = m;
	return 0;
}

static bool has_kut(const struct jsonr *cells)
{
	for (size_t i = 0; i < jsonr_length(cells); i++)
		if (strcmp(jsonr_string(jsonr_at(cells, i), "role", ""), "kut") == 0)
			return true;
	return false;
}

static void cell_events(const struct jsonr *cell,
			void (*fn)(void *arg, const char *kind, const char *text), void *arg)
{
	const struct jsonr *boots = jsonr_get(cell, "boots");

	for (size_t i = 0; i < jsonr_length(boots); i++) {
		const struct jsonr *events = jsonr_get(jsonr_at(boots, i), "events");

		for (size_t j = 0; j < jsonr_length(events); j++)
			fn(arg, jsonr_string(jsonr_at(events, j), "kind", ""),
			   jsonr_string(jsonr_at(events, j), "text", ""));
	}
}

void report_model_json_events(const struct jsonr *root,
			      void (*fn)(void *arg, const char *kind, const char *text), void *arg)
{
	const struct jsonr *cells = jsonr_get(root, "cells");
	bool kut = has_kut(cells);

	for (size_t i = 0; i < jsonr_length(cells); i++) {
		const struct jsonr *cell = jsonr_at(cells, i);

		if ((strcmp(jsonr_string(cell, "role", ""), "kut") == 0) == kut)
			cell_events(cell, fn, arg);
	}
}
