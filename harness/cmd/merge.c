/* SPDX-License-Identifier: MIT */
/*
 * merge: the runs of all shards become one run, as if it had never been sharded.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/strv.h"
#include "base/xalloc.h"
#include "cmd/session.h"
#include "report/report.h"
#include "run/shard.h"
#include "store/store_expected.h"
#include "store/store_merge.h"
#include "store/store_read.h"

#define EXPECTED_MAX (16u << 20)

enum { OPT_PARTIAL = 1000, OPT_JSON, OPT_NO_GATE };

struct request {
	const char *out;
	struct strv runs;
	bool partial, json, no_gate;
};

static const struct argp_option options[] = {
	{"partial", OPT_PARTIAL, NULL, 0,
	 "merge although shards are missing; the run then counts as interrupted"},
	{"json", OPT_JSON, NULL, 0, "the report as JSON"},
	{"no-gate", OPT_NO_GATE, NULL, 0, "report and exit 0 whatever the verdicts are"},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;

	switch (key) {
	case OPT_PARTIAL:
		r->partial = true;
		return 0;
	case OPT_JSON:
		r->json = true;
		return 0;
	case OPT_NO_GATE:
		r->no_gate = true;
		return 0;
	case ARGP_KEY_ARG:
		if (r->out)
			strv_push(&r->runs, arg);
		else
			r->out = arg;
		return 0;
	case ARGP_KEY_END:
		if (!r->runs.n)
			argp_error(state, "name a folder to write and the shards' run folders");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One shard's run folder. */
struct piece {
	const char *dir;
	struct store *store;
	struct shard shard;
	uint64_t begin_us; /* wall clock */
};

struct pieces {
	struct piece *v; /* by shard */
	size_t n;
};

static void pieces_release(struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++)
		store_close(p->v[i].store);
	free(p->v);
}

static int open_piece(struct piece *p, const char *dir, struct err *err)
{
	_autofree_ char *shard = NULL, *begin = NULL;
	int r = store_open(dir, false, &p->store, err);

	p->dir = dir;
	if (r < 0)
		return r;
	if (strcmp(store_state(p->store), "running") == 0)
		return err_set(err, EBUSY, "%s is still being written", dir);
	shard = store_get_fact(p->store, "shard");
	if (!shard)
		return err_usage(err, "%s is no shard: it was run without --shard", dir);
	begin = store_get_fact(p->store, "begin.wall_us");
	p->begin_us = begin ? strtoull(begin, NULL, 10) : 0;
	r = shard_parse(shard, &p->shard, err);
	return r < 0 ? err_wrap(err, "%s", dir) : 0;
}

static int by_shard(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->shard.i < y->shard.i ? -1 : x->shard.i > y->shard.i;
}

/* What shards of one set have in common. A shard without a case has no reference. */
static const struct same {
	const char *key;
	bool optional;
	const char *problem;
} sames[] = {
	{"version", false, "were run by different versions of harness"},
	{"set.sha256", false, "are not shards of one set: their cases or settings differ"},
	{"kernel.sha256", false, "are about different kernels"},
	{"probes.sha256", false, "asked with different builds of the probes"},
	{"reference.sha256", true, "compared with different reference kernels"},
};

static int check_same(const struct pieces *p, const struct same *same, struct err *err)
{
	_autofree_ char *first = NULL;
	const char *dir = NULL;

	for (size_t i = 0; i < p->n; i++) {
		_autofree_ char *value = store_get_fact(p->v[i].store, same->key);

		if (!value && same->optional)
			continue;
		if (dir && strcmp(first ? first : "", value ? value : "") != 0)
			return err_usage(err, "%s and %s %s (%s: %s, %s)", dir, p->v[i].dir,
					 same->problem, same->key, first ? first : "none",
					 value ? value : "none");
		if (!dir) {
			dir = p->v[i].dir;
			first = TAKE(value);
		}
	}
	return 0;
}

static int add_expected(void *arg, const struct store_expected *e)
{
	strbuf_addf(arg, "%s\n%s\n%s\n%s\n%s\n%s\n", e->role, e->name,
		    e->scenario ? e->scenario : "", e->lane ? e->lane : "", e->verdicts,
		    e->expires);
	return 0;
}

/* The known failures that each was judged by. */
static int check_expected(const struct pieces *p, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf first = STRBUF_INIT(EXPECTED_MAX);
	int r = store_each_expected(p->v[0].store, add_expected, &first, err);

	for (size_t i = 1; r == 0 && i < p->n; i++) {
		_cleanup_(strbuf_release) struct strbuf other = STRBUF_INIT(EXPECTED_MAX);

		r = store_each_expected(p->v[i].store, add_expected, &other, err);
		if (r == 0 && strcmp(strbuf_str(&first), strbuf_str(&other)) != 0)
			return err_usage(err, "%s and %s were run with different known failures",
					 p->v[0].dir, p->v[i].dir);
	}
	return r;
}

/* Each shard once; those that are not there are named in missing. */
static int check_numbers(const struct pieces *p, struct strbuf *missing, struct err *err)
{
	const struct piece *v = p->v;
	size_t at = 0;

	for (size_t i = 1; i < p->n; i++) {
		if (v[i].shard.n != v[0].shard.n)
			return err_usage(err, "%s is a shard of %u, %s of %u", v[0].dir,
					 v[0].shard.n, v[i].dir, v[i].shard.n);
		if (v[i].shard.i == v[i - 1].shard.i)
			return err_usage(err, "%s and %s are both shard %u/%u", v[i - 1].dir,
					 v[i].dir, v[i].shard.i, v[i].shard.n);
	}
	for (unsigned int i = 1; i <= v[0].shard.n; i++) {
		if (at < p->n && v[at].shard.i == i)
			at++;
		else
			strbuf_addf(missing, "%s%u/%u", missing->len ? ", " : "", i, v[0].shard.n);
	}
	return 0;
}

static int open_pieces(const struct request *req, struct pieces *p, struct strbuf *missing,
		       struct err *err)
{
	int r = 0;

	p->v = xcalloc(req->runs.n, sizeof(*p->v));
	for (size_t i = 0; r == 0 && i < req->runs.n; i++)
		r = open_piece(&p->v[p->n++], req->runs.v[i], err);
	if (r < 0)
		return r;
	qsort(p->v, p->n, sizeof(*p->v), by_shard);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(sames); i++)
		r = check_same(p, &sames[i], err);
	if (r == 0)
		r = check_expected(p, err);
	if (r == 0)
		r = check_numbers(p, missing, err);
	if (r == 0 && missing->len && !req->partial)
		r = err_set(err, ENOENT, "missing: shard %s (--partial merges the others)",
			    strbuf_str(missing));
	return r;
}

/* Cells in the order in which a run that is not sharded has them. */
struct entry {
	struct store_cell cell; /* its strings are owned here */
	bool kut;
	int64_t place;
	uint64_t begin_us; /* of the merged run */
};

struct entries {
	struct entry *v;
	size_t n;
	const struct piece *piece;
	uint64_t shift_us;
};

static int by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	int r;

	if (x->kut != y->kut)
		return x->kut ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	r = strcmp(x->cell.scenario, y->cell.scenario);
	return r ? r : strcmp(x->cell.lane, y->cell.lane);
}

static int take_entry(void *arg, const struct store_cell_row *row)
{
	struct entries *e = arg;
	const struct store_cell *c = &row->cell;
	_autofree_ char *place = store_get_cell_fact(e->piece->store, c->id, "place");

	e->v = xreallocarray(e->v, e->n + 1, sizeof(*e->v));
	e->v[e->n++] = (struct entry){
		.cell = {.role = xstrdup(c->role),
			 .kernel = xstrdup(c->kernel),
			 .target = xstrdup(c->target),
			 .profile = xstrdup(c->profile),
			 .lane = xstrdup(c->lane),
			 .scenario = xstrdup(c->scenario)},
		.kut = strcmp(c->role, "kut") == 0,
		.place = place ? strtoll(place, NULL, 10) : 0,
		.begin_us = row->begin_us + e->shift_us,
	};
	return 0;
}

static bool same_cell(const struct entry *a, const struct entry *b)
{
	return a->kut == b->kut && a->place == b->place &&
	       strcmp(a->cell.scenario, b->cell.scenario) == 0 &&
	       strcmp(a->cell.lane, b->cell.lane) == 0;
}

static void entries_release(struct entries *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free((char *)e->v[i].cell.role);
		free((char *)e->v[i].cell.kernel);
		free((char *)e->v[i].cell.target);
		free((char *)e->v[i].cell.profile);
		free((char *)e->v[i].cell.lane);
		free((char *)e->v[i].cell.scenario);
	}
	free(e->v);
}

static uint64_t first_begin(const struct pieces *p)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].begin_us < first)
			first = p->v[i].begin_us;
	return first;
}

static int enter_cells(struct store *to, const struct pieces *p, struct err *err)
{
	_cleanup_(entries_release) struct entries e = {0};
	uint64_t first = first_begin(p);
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		e.piece = &p->v[i];
		e.shift_us = p->v[i].begin_us - first;
		r = store_each_cell(p->v[i].store, take_entry, &e, err);
	}
	if (e.n)
		qsort(e.v, e.n, sizeof(*e.v), by_place);
	for (size_t i = 0; r == 0 && i < e.n; i++) {
		if (i && same_cell(&e.v[i - 1], &e.v[i]))
			continue;
		store_set_clock(to, e.v[i].begin_us);
		r = store_add_cell(to, &e.v[i].cell, err);
	}
	store_set_clock(to, STORE_CLOCK);
	return r;
}

/* Facts of the run: those of the first shard that has them; notes and hosts of all. */
struct facts {
	struct store *to;
	struct strv notes, hosts;
	struct err *err;
};

static int take_fact(void *arg, const struct store_fact *fact)
{
	static const char *const own[] = {"shard", "state", "host.peak_kib"};
	struct facts *f = arg;
	_autofree_ char *there = store_get_fact(f->to, fact->key);

	if (strncmp(fact->key, "note.", 5) == 0 || strcmp(fact->key, "host.name") == 0) {
		struct strv *list = *fact->key == 'n' ? &f->notes : &f->hosts;

		if (!strv_has(list, fact->value))
			strv_push(list, fact->value);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (strcmp(fact->key, own[i]) == 0)
			return 0;
	return there ? 0 : store_set_fact(f->to, fact->key, fact->value, f->err);
}

static int put_lists(struct facts *f)
{
	_cleanup_(strbuf_release) struct strbuf hosts = STRBUF_INIT(4096);
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->notes.n; i++) {
		_autofree_ char *key = xasprintf("note.%zu", i);

		r = store_set_fact(f->to, key, f->notes.v[i], f->err);
	}
	for (size_t i = 0; i < f->hosts.n; i++)
		strbuf_addf(&hosts, "%s%s", i ? ", " : "", f->hosts.v[i]);
	return r < 0 ? r : store_set_fact(f->to, "host.name", strbuf_str(&hosts), f->err);
}

struct keep {
	struct store *to;
	struct err *err;
};

static int keep_expected(void *arg, const struct store_expected *e)
{
	struct keep *k = arg;

	return store_add_expected(k->to, e, k->err);
}

static int merge_facts(struct store *to, const struct pieces *p, const char *missing,
		       struct err *err)
{
	struct facts f = {.to = to, .err = err};
	_autofree_ char *begin = xasprintf("%" PRIu64, first_begin(p));
	_autofree_ char *shards = xasprintf("%u", p->v[0].shard.n);
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = store_each_fact(p->v[i].store, take_fact, &f, err);
	if (*missing)
		strv_pushf(&f.notes, "shard %s is missing: its cases were not run", missing);
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(store_state(p->v[i].store), "finished") != 0)
			strv_pushf(&f.notes, "shard %u/%u was interrupted", p->v[i].shard.i,
				   p->v[i].shard.n);
	if (r == 0)
		r = put_lists(&f);
	if (r == 0)
		r = store_set_fact(to, "shards", shards, err);
	if (r == 0)
		r = store_set_fact(to, "begin.wall_us", begin, err);
	strv_release(&f.notes);
	strv_release(&f.hosts);
	return r;
}

static int merge_pieces(struct store *to, const struct pieces *p, const char *missing,
			struct err *err)
{
	uint64_t first = first_begin(p);
	bool whole = !*missing;
	int r = merge_facts(to, p, missing, err);

	if (r == 0)
		r = store_each_expected(p->v[0].store, keep_expected, &(struct keep){to, err}, err);
	if (r == 0)
		r = enter_cells(to, p, err);
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		r = store_merge(to, p->v[i].store, p->v[i].begin_us - first, err);
		if (r < 0)
			err_wrap(err, "%s", p->v[i].dir);
		whole = whole && strcmp(store_state(p->v[i].store), "finished") == 0;
	}
	if (r == 0)
		r = store_set_fact(to, "state", whole ? "finished" : "interrupted", err);
	return r;
}

static int merge(const struct request *req, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf missing = STRBUF_INIT(8192);
	_cleanup_(pieces_release) struct pieces pieces = {0};
	struct store *to = NULL;
	int r = open_pieces(req, &pieces, &missing, err);

	if (r == 0)
		r = store_create(req->out, &to, err);
	if (r < 0)
		return r;
	if (missing.len)
		log_warn("missing: shard %s", strbuf_str(&missing));
	r = merge_pieces(to, &pieces, strbuf_str(&missing), err);
	store_close(to);
	/* Half a merge is no run; the shards are as they were. */
	if (r < 0)
		rm_rf(req->out, NULL);
	return r;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "OUT RUN-FOLDER…",
		.doc = "Join the runs of all shards (--shard) into one run folder, OUT, which "
		       "must not exist, and report it: the answer is that of a run in one piece.",
	};
	struct request req = {0};
	struct err err = ERR_INIT;
	int status = 3, r;

	argp_parse(&argp, argc, argv, 0, NULL, &req);
	r = merge(&req, &err);
	if (r == 0)
		r = session_report(&(struct session){.json = req.json}, req.out, &status, &err);
	strv_release(&req.runs);
	if (r < 0)
		return verb_fail(&err);
	return req.no_gate ? 0 : status;
}

const struct verb verb_merge = {
	.name = "merge",
	.brief = "join the runs of all shards into one",
	.run = run,
};
