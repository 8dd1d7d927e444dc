/* SPDX-License-Identifier: MIT */
#include "report/report_model.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/xalloc.h"
#include "report/report_expected.h"

/* One more element, zeroed, at the end of an array. */
static void *append(void *array, size_t *n, size_t size)
{
	void **slot = array;
	char *p = *slot;

	if ((*n & (*n + 1)) == 0 || !p)
		p = xreallocarray(p, 2 * (*n + 1), size);
	*slot = p;
	memset(p + *n * size, 0, size);
	return p + (*n)++ * size;
}

static void release_facts(struct report_facts *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].key);
		free(f->v[i].value);
	}
	free(f->v);
}

static void release_cell(struct report_cell *c)
{
	for (size_t i = 0; i < c->n_boots; i++)
		release_facts(&c->boots[i].facts);
	for (size_t i = 0; i < c->n_results; i++) {
		free((char *)c->results[i].name);
		free((char *)c->results[i].reason);
		free((char *)c->results[i].fingerprint);
	}
	for (size_t i = 0; i < c->n_metrics; i++) {
		free(c->metrics[i].name);
		free(c->metrics[i].unit);
	}
	release_facts(&c->facts);
	free(c->boots);
	free(c->results);
	free(c->metrics);
	free((char *)c->cell.role);
	free((char *)c->cell.kernel);
	free((char *)c->cell.target);
	free((char *)c->cell.profile);
	free((char *)c->cell.lane);
	free((char *)c->cell.scenario);
}

void report_model_release(struct report_model *m)
{
	for (size_t i = 0; i < m->n_cells; i++)
		release_cell(&m->cells[i]);
	release_facts(&m->facts);
	report_expected_release(m);
	free(m->cells);
	free(m->dir);
	*m = (struct report_model){0};
}

static int take_fact(void *arg, const struct store_fact *f)
{
	struct report_facts *facts = arg;
	struct report_fact *fact = append(&facts->v, &facts->n, sizeof(*fact));

	fact->key = xstrdup(f->key);
	fact->value = xstrdup(f->value);
	return 0;
}

static int take_cell(void *arg, const struct store_cell_row *row)
{
	struct report_model *m = arg;
	struct report_cell *c = append(&m->cells, &m->n_cells, sizeof(*c));

	c->cell = (struct store_cell){.id = row->cell.id,
				      .role = xstrdup(row->cell.role),
				      .kernel = xstrdup(row->cell.kernel),
				      .target = xstrdup(row->cell.target),
				      .profile = xstrdup(row->cell.profile),
				      .lane = xstrdup(row->cell.lane),
				      .scenario = xstrdup(row->cell.scenario)};
	c->begin_us = UINT64_MAX;
	if (report_is_kut(c))
		m->has_kut = true;
	else
		m->has_reference = true;
	return 0;
}

static int take_boot(void *arg, const struct store_boot_row *row)
{
	struct report_cell *c = arg;
	struct report_boot *b = append(&c->boots, &c->n_boots, sizeof(*b));

	b->row = *row;
	return 0;
}

struct report_result report_result_of(const struct store_case_row *row)
{
	const struct store_result *telling = &row->telling.result;
	struct report_result r = {
		.name = row->name,
		.verdict = row->merged.verdict,
		.flaky = row->merged.flaky,
		.attempts = row->attempts,
		.samples = row->samples,
		.samples_bad = row->samples_bad,
		.telling = row->merged.telling,
		.id = row->telling.id,
		.reason = telling->reason ? telling->reason : "",
		.fingerprint = telling->fingerprint ? telling->fingerprint : "",
		.has_detail = row->telling.has_detail,
		.boot = telling->boot,
		.begin_us = telling->begin_us,
		.end_us = telling->end_us,
		.console_from = telling->console_from,
		.console_to = telling->console_to,
	};

	memcpy(r.outcomes, row->outcomes, sizeof(r.outcomes));
	return r;
}

size_t report_n_cases(const struct report_cell *c)
{
	return c->n_results + c->n_plain;
}

bool report_same_kind(const struct report_cell *a, const struct report_cell *b)
{
	return strcmp(a->cell.scenario, b->cell.scenario) == 0 &&
	       strcmp(a->cell.lane, b->cell.lane) == 0;
}

static void widen_span(struct report_cell *c, uint64_t begin_us, uint64_t end_us)
{
	if (begin_us < c->begin_us)
		c->begin_us = begin_us;
	if (end_us > c->end_us)
		c->end_us = end_us;
}

struct load {
	struct store *store;
	struct report_model *model;
	struct report_cell *cell;
	bool telling; /* plain cases are left out */
	struct err *err;
};

/* 1: both kernels were asked and answered with nothing but passes that nobody wonders about. */
static int both_pass(const struct load *l, const char *name)
{
	bool seen[2] = {false};

	for (size_t i = 0; i < l->model->n_cells; i++) {
		const struct report_cell *c = &l->model->cells[i];
		struct store_passes p;
		int r;

		if (!report_same_kind(c, l->cell))
			continue;
		r = store_count_passes(l->store, c->cell.id, name, &p, l->err);
		if (r < 0)
			return r;
		if (p.passes < p.attempts || (p.attempts && report_expected_of(l->model, c, name)))
			return 0;
		seen[report_is_kut(c)] |= p.attempts > 0;
	}
	return seen[0] && seen[1];
}

static int is_plain(const struct load *l, const struct report_result *r)
{
	if (!l->telling || r->known || r->outcomes[VERDICT_PASS] < r->attempts)
		return 0;
	return l->model->has_kut && l->model->has_reference ? both_pass(l, r->name) : 1;
}

static int take_case(void *arg, const struct store_case_row *row)
{
	const struct load *l = arg;
	struct report_cell *c = l->cell;
	struct report_result result = report_result_of(row), *r;
	int plain;

	widen_span(c, result.begin_us, result.end_us);
	report_expected_count(l->model, c, &result);
	plain = is_plain(l, &result);
	if (plain < 0)
		return plain;
	if (plain) {
		c->n_plain++;
		return 0;
	}
	r = append(&c->results, &c->n_results, sizeof(*r));
	*r = result;
	r->name = xstrdup(result.name);
	r->reason = xstrdup(result.reason);
	r->fingerprint = xstrdup(result.fingerprint);
	return 0;
}

static int take_metric(void *arg, const struct store_metric_row *row)
{
	struct report_cell *c = arg;
	struct report_metric *m = append(&c->metrics, &c->n_metrics, sizeof(*m));

	m->name = xstrdup(row->name);
	m->unit = xstrdup(row->unit);
	m->value = row->value;
	return 0;
}

/* From the first boot or case to the last thing known of it: a cell may have been planned early. */
static void settle(struct report_model *m, struct report_cell *c)
{
	const char *planned = report_fact(&c->facts, "planned");
	size_t n = report_n_cases(c);

	if (planned && strtoul(planned, NULL, 10) > n)
		c->missing = (unsigned int)(strtoul(planned, NULL, 10) - n);
	else if (!n)
		c->missing = 1;
	for (size_t i = 0; i < c->n_boots; i++)
		widen_span(c, c->boots[i].row.begin_us, c->boots[i].row.last_us);
	if (c->begin_us > c->end_us)
		c->begin_us = c->end_us;
	if (c->end_us > m->end_us)
		m->end_us = c->end_us;
}

static int load_cell(struct load *l, struct report_cell *c)
{
	struct store *s = l->store;
	struct err *err = l->err;
	int r = store_each_cell_fact(s, c->cell.id, take_fact, &c->facts, err);

	l->cell = c;

	if (r == 0)
		r = store_each_boot(s, c->cell.id, take_boot, c, err);
	for (size_t i = 0; r == 0 && i < c->n_boots; i++)
		r = store_each_boot_fact(s, c->boots[i].row.id, take_fact, &c->boots[i].facts, err);
	if (r == 0)
		r = store_each_case(s, c->cell.id, take_case, l, err);
	if (r == 0)
		r = store_each_metric(s, c->cell.id, take_metric, c, err);
	if (r == 0)
		settle(l->model, c);
	return r;
}

static int load(struct store *s, bool telling, struct report_model *ret_model, struct err *err)
{
	struct report_model m = {.dir = xstrdup(store_dir(s)), .state = store_state(s)};
	struct load l = {.store = s, .model = &m, .telling = telling, .err = err};
	int r = store_each_fact(s, take_fact, &m.facts, err);

	if (r == 0)
		r = report_expected_load(s, &m, err);
	if (r == 0)
		r = store_each_cell(s, take_cell, &m, err);
	for (size_t i = 0; r == 0 && i < m.n_cells; i++)
		r = load_cell(&l, &m.cells[i]);
	if (r < 0)
		report_model_release(&m);
	else
		*ret_model = m;
	return r;
}

int report_model_load(struct store *s, struct report_model *ret_model, struct err *err)
{
	int r = store_read_begin(s, err);

	if (r < 0)
		return r;
	r = load(s, false, ret_model, err);
	store_read_end(s);
	return r;
}

int report_model_load_telling(struct store *s, struct report_model *ret_model, struct err *err)
{
	return load(s, true, ret_model, err);
}

const char *report_fact(const struct report_facts *f, const char *key)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->v[i].key, key) == 0)
			return f->v[i].value;
	return NULL;
}

const char *report_next_note(const struct report_model *m, size_t *at)
{
	while (*at < m->facts.n) {
		const struct report_fact *fact = &m->facts.v[(*at)++];

		if (strncmp(fact->key, "note.", 5) == 0)
			return fact->value;
	}
	return NULL;
}

const struct report_boot *report_boot_of(const struct report_cell *c, const struct report_result *r)
{
	for (size_t i = 0; i < c->n_boots; i++)
		if (c->boots[i].row.id == r->boot)
			return &c->boots[i];
	return NULL;
}

bool report_is_kut(const struct report_cell *c)
{
	return strcmp(c->cell.role, "kut") == 0;
}

const char *report_boot_fact(const struct report_cell *c, const char *key, const char *fallback)
{
	for (size_t i = 0; i < c->n_boots; i++) {
		const char *value = report_fact(&c->boots[i].facts, key);

		if (value)
			return value;
	}
	return fallback;
}

static bool is_probes(const struct report_cell *c)
{
	return strcmp(c->cell.scenario, "probes") == 0;
}

char *report_cell_title(const struct report_cell *c)
{
	return xasprintf("%s \u00b7 %s%s%s%s%s", c->cell.scenario, c->cell.lane,
			 *c->cell.profile ? " \u00b7 " : "", c->cell.profile,
			 strcmp(c->cell.target, "qemu") != 0 ? " \u00b7 " : "",
			 strcmp(c->cell.target, "qemu") != 0 ? c->cell.target : "");
}

static void add_word(struct strbuf *sb, const char *word)
{
	bool plain = *word != '\0';

	for (const char *p = word; *p; p++)
		plain = plain && (isalnum((unsigned char)*p) || strchr("_./:=+,@%-", *p));
	strbuf_addstr(sb, plain ? " " : " '");
	for (const char *p = word; *p; p++) {
		if (*p == '\'')
			strbuf_addstr(sb, "'\\''");
		else
			strbuf_addch(sb, *p);
	}
	if (!plain)
		strbuf_addch(sb, '\'');
}

static void add_option(struct strbuf *sb, const char *option, const char *value)
{
	strbuf_addf(sb, " --%s", option);
	add_word(sb, value);
}

static void add_lines(struct strbuf *sb, const char *lines)
{
	_cleanup_(strv_release) struct strv words = STRV_INIT;

	if (lines)
		strv_split(&words, lines, "\n");
	for (size_t i = 0; i < words.n; i++)
		add_word(sb, words.v[i]);
}

const struct report_metric *report_metric(const struct report_cell *c, const char *name)
{
	for (size_t i = 0; i < c->n_metrics; i++)
		if (strcmp(c->metrics[i].name, name) == 0)
			return &c->metrics[i];
	return NULL;
}

char *report_again(const struct report_cell *c, const struct report_result *r)
{
	const char *command = report_fact(&c->facts, "command");
	const char *cpus = report_fact(&c->facts, "cpus");
	/* Of exec: words that stand last, a line each. */
	const char *words = report_fact(&c->facts, "words");
	bool whole = verdict_is_own_name(r->name) || strcmp(r->name, c->cell.scenario) == 0;
	struct strbuf sb = STRBUF_INIT(64 << 10);

	if (strcmp(c->cell.scenario, "mutation") == 0)
		return xasprintf("harness mutate %.*s", (int)strcspn(r->name, "/"), r->name);
	strbuf_addstr(&sb, command ? command : is_probes(c) ? "harness probe" : "harness run");
	if (command && !whole)
		add_option(&sb, "filter", r->name);
	else if (!is_probes(c) && !command)
		add_word(&sb, c->cell.scenario);
	else if (!command && !whole)
		add_word(&sb, r->name);
	if (report_is_kut(c))
		add_option(&sb, "kernel", c->cell.kernel);
	if (!is_probes(c))
		add_option(&sb, "lane", c->cell.lane);
	if (*c->cell.profile)
		add_option(&sb, "profile", c->cell.profile);
	if (cpus)
		add_option(&sb, "cpus", cpus);
	add_lines(&sb, words);
	return strbuf_detach(&sb, NULL);
}

char *report_where(const struct report_cell *c, const struct report_result *r)
{
	const struct report_boot *b = report_boot_of(c, r);

	if (!b)
		return NULL;
	return xasprintf("cells/%" PRId64 "/boot%u/console.log:%" PRIu64, c->cell.id, b->row.number,
			 r->console_from);
}

bool report_has_console(const struct report_result *r)
{
	return r->console_to > r->console_from || r->verdict >= VERDICT_TIMEOUT;
}

const char *report_duration(uint64_t us, char *buf, size_t n)
{
	if (us < 10 * MSEC)
		snprintf(buf, n, "%.1f ms", (double)us / (double)MSEC);
	else if (us < SEC)
		snprintf(buf, n, "%.0f ms", (double)us / (double)MSEC);
	else if (us < 60 * SEC)
		snprintf(buf, n, "%.1f s", (double)us / (double)SEC);
	else if (us < 3600 * SEC)
		snprintf(buf, n, "%" PRIu64 " m %02" PRIu64 " s", us / (60 * SEC), us / SEC % 60);
	else
		snprintf(buf, n, "%" PRIu64 " h %02" PRIu64 " m", us / (3600 * SEC),
			 us / (60 * SEC) % 60);
	return buf;
}
