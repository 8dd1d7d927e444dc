/* SPDX-License-Identifier: MIT */
#include "report/history.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "report/history_judge.h"
#include "report/report_side.h"

#define FIRST_TABLE 1024

void history_init(struct history *h)
{
	*h = (struct history){.table = xcalloc(FIRST_TABLE, sizeof(size_t)),
			      .table_size = FIRST_TABLE};
}

static void release_run(struct history_run *r)
{
	free(r->path);
	free(r->kernel);
	free(r->release);
	free(r->sha256);
}

static void release_case(struct history_case *c)
{
	free(c->role);
	free(c->scenario);
	free(c->lane);
	free(c->profile);
	free(c->name);
	free(c->marks);
	free(c->reason);
}

void history_release(struct history *h)
{
	for (size_t i = 0; i < h->n_runs; i++)
		release_run(&h->runs[i]);
	for (size_t i = 0; i < h->n_cases; i++)
		release_case(&h->cases[i]);
	free(h->runs);
	free(h->cases);
	free(h->table);
	strv_release(&h->damaged);
	strv_release(&h->identities);
	*h = (struct history){0};
}

static uint64_t mix(uint64_t hash, const char *s)
{
	do
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3u;
	while (*s++);
	return hash;
}

static size_t hash_of(const struct report_cell *c, const char *name)
{
	uint64_t hash = mix(mix(0xcbf29ce484222325u, c->cell.role), c->cell.scenario);

	return (size_t)mix(mix(mix(hash, c->cell.lane), c->cell.profile), name);
}

static bool is_case(const struct history_case *k, const struct report_cell *c, const char *name)
{
	return strcmp(k->name, name) == 0 && strcmp(k->role, c->cell.role) == 0 &&
	       strcmp(k->scenario, c->cell.scenario) == 0 && strcmp(k->lane, c->cell.lane) == 0 &&
	       strcmp(k->profile, c->cell.profile) == 0;
}

static size_t *slot_of(const struct history *h, const struct report_cell *c, const char *name)
{
	size_t at = hash_of(c, name) & (h->table_size - 1);

	while (h->table[at] && !is_case(&h->cases[h->table[at] - 1], c, name))
		at = (at + 1) & (h->table_size - 1);
	return &h->table[at];
}

static void fill_table(struct history *h, size_t size)
{
	free(h->table);
	h->table_size = size;
	h->table = xcalloc(h->table_size, sizeof(*h->table));
	for (size_t i = 0; i < h->n_cases; i++) {
		const struct history_case *k = &h->cases[i];
		const struct report_cell c = {.cell = {.role = k->role,
						       .scenario = k->scenario,
						       .lane = k->lane,
						       .profile = k->profile}};

		*slot_of(h, &c, k->name) = i + 1;
	}
}

static struct history_case *case_of(struct history *h, const struct report_cell *c,
				    const char *name)
{
	size_t *slot = slot_of(h, c, name);

	if (*slot)
		return &h->cases[*slot - 1];
	if (2 * (h->n_cases + 1) > h->table_size) {
		fill_table(h, 2 * h->table_size);
		slot = slot_of(h, c, name);
	}
	if ((h->n_cases & (h->n_cases + 1)) == 0)
		h->cases = xreallocarray(h->cases, 2 * (h->n_cases + 1), sizeof(*h->cases));
	h->cases[h->n_cases++] = (struct history_case){.role = xstrdup(c->cell.role),
						       .scenario = xstrdup(c->cell.scenario),
						       .lane = xstrdup(c->cell.lane),
						       .profile = xstrdup(c->cell.profile),
						       .name = xstrdup(name)};
	*slot = h->n_cases;
	return &h->cases[h->n_cases - 1];
}

/* The mark of this run; those of runs that did not have the case are blank. */
static struct history_mark *mark_of(struct history_case *k, size_t run)
{
	if (run >= k->room) {
		size_t room = 2 * run + 8;

		k->marks = xreallocarray(k->marks, room, sizeof(*k->marks));
		for (size_t i = k->room; i < room; i++)
			k->marks[i] = (struct history_mark){.mark = HISTORY_ABSENT};
		k->room = room;
	}
	return &k->marks[run];
}

static uint16_t add16(uint16_t a, unsigned int b)
{
	return (uint16_t)(a + b > UINT16_MAX ? UINT16_MAX : a + b);
}

/* Parts of one set bring different cases; a case that comes twice in a run keeps its worst mark. */
static void add_result(struct history *h, const struct report_cell *c,
		       const struct report_result *r)
{
	struct history_mark *m = mark_of(case_of(h, c, r->name), h->n_runs);
	char mark = history_mark_of(r->verdict, r->flaky);

	m->mark = history_worse_mark(m->mark, mark);
	m->samples = add16(m->samples, r->samples);
	m->bad = add16(m->bad, r->samples_bad);
}

static unsigned int identity(struct history *h, const char *text)
{
	for (size_t i = h->identities.n; i > 0; i--)
		if (strcmp(h->identities.v[i - 1], text) == 0)
			return (unsigned int)(i - 1);
	strv_push(&h->identities, text);
	return (unsigned int)(h->identities.n - 1);
}

/* Of the kernel in the cells of a role, "" when it has none. */
static unsigned int group_of(struct history *h, const struct report_side *side, bool kut)
{
	const char *sha = kut ? report_fact(&side->model.facts, "kernel.sha256") : NULL;

	for (size_t i = 0; i < side->model.n_cells; i++) {
		const struct report_cell *c = &side->model.cells[i];
		_autofree_ char *text = NULL;

		if (report_is_kut(c) != kut)
			continue;
		text = sha && *sha ? xstrdup(sha)
				   : xasprintf("%s %s %s", c->cell.role, c->cell.kernel,
					       report_boot_fact(c, "hello.release", ""));
		return identity(h, text);
	}
	return identity(h, "");
}

static void add_run(struct history *h, const struct report_side *side)
{
	struct history_run *r;

	if ((h->n_runs & (h->n_runs + 1)) == 0)
		h->runs = xreallocarray(h->runs, 2 * (h->n_runs + 1), sizeof(*h->runs));
	r = &h->runs[h->n_runs];
	*r = (struct history_run){.path = xstrdup(side->path),
				  .kernel = xstrdup(report_side_kernel(side)),
				  .release = xstrdup(report_side_release_name(side)),
				  .sha256 = xstrdup(report_side_sha256(side)),
				  .begin_us = report_side_begin_us(side),
				  .state = side->model.state,
				  .group = {group_of(h, side, true), group_of(h, side, false)},
				  .id = (unsigned int)h->n_runs};
	for (size_t i = 0; i < side->model.n_cells; i++) {
		const struct report_cell *c = &side->model.cells[i];

		for (size_t j = 0; j < c->n_results; j++)
			add_result(h, c, &c->results[j]);
		if (!report_side_is_subject(side, c))
			continue;
		for (int v = 0; v < VERDICT_COUNT; v++)
			r->tally.n[v] += c->tally.n[v];
		r->tally.flaky += c->tally.flaky;
	}
	h->n_runs++;
}

static void add_one(struct history *h, const char *path)
{
	_cleanup_(report_side_release) struct report_side side = {0};
	struct err err = ERR_INIT;

	if (report_side_load(path, &side, &err) < 0)
		strv_pushf(&h->damaged, "%s: %s", path, err.text);
	else
		add_run(h, &side);
}

static bool is_run(const char *path)
{
	_autofree_ char *db = path_join(path, "run.db");

	return file_exists(db);
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

/* The folders in a folder, in the order of their names: the same whatever readdir() says. */
static int folders_in(const char *path, struct strv *ret_paths, struct err *err)
{
	DIR *d = opendir(path);
	struct dirent *e;

	if (!d)
		return err_errno(err, errno, "cannot read %s", path);
	while ((e = readdir(d))) {
		_autofree_ char *one = path_join(path, e->d_name);
		struct stat st;

		if (*e->d_name != '.' && stat(one, &st) == 0 && S_ISDIR(st.st_mode))
			strv_take(ret_paths, TAKE(one));
	}
	closedir(d);
	if (ret_paths->n)
		qsort(ret_paths->v, ret_paths->n, sizeof(*ret_paths->v), by_name);
	return 0;
}

int history_add(struct history *h, const char *path, struct err *err)
{
	_cleanup_(strv_release) struct strv paths = STRV_INIT;
	struct stat st;
	int r = file_stat(path, &st, err);

	if (r < 0)
		return r;
	if (!S_ISDIR(st.st_mode) || is_run(path)) {
		add_one(h, path);
		return 0;
	}
	r = folders_in(path, &paths, err);
	for (size_t i = 0; r == 0 && i < paths.n; i++) {
		if (is_run(paths.v[i]))
			add_one(h, paths.v[i]);
		else
			h->no_runs++;
	}
	return r;
}

/* Why it is bad, from the run that says so: read again when it is told, not kept of every run. */
static void take_reasons(struct history *h, size_t run, size_t *const want)
{
	_cleanup_(report_side_release) struct report_side side = {0};

	if (report_side_load(h->runs[run].path, &side, NULL) < 0)
		return;
	for (size_t i = 0; i < side.model.n_cells; i++) {
		const struct report_cell *c = &side.model.cells[i];

		for (size_t j = 0; j < c->n_results; j++) {
			size_t *slot = slot_of(h, c, c->results[j].name);
			struct history_case *k = *slot ? &h->cases[*slot - 1] : NULL;

			if (!k || k->reason || want[*slot - 1] != run ||
			    (!c->results[j].flaky && !verdict_is_bad(c->results[j].verdict)))
				continue;
			k->reason = xstrdup(c->results[j].reason);
		}
	}
}

static void find_reasons(struct history *h)
{
	size_t *want = xcalloc(h->n_cases + 1, sizeof(*want));
	bool *runs = xcalloc(h->n_runs + 1, sizeof(*runs));

	for (size_t i = 0; i < h->n_cases; i++) {
		want[i] = history_telling_run(h, &h->cases[i]);
		if (want[i] < h->n_runs)
			runs[want[i]] = true;
	}
	for (size_t r = 0; r < h->n_runs; r++)
		if (runs[r])
			take_reasons(h, r, want);
	free(want);
	free(runs);
}

static int by_time(const void *x, const void *y)
{
	const struct history_run *a = x, *b = y;

	if (a->begin_us != b->begin_us)
		return a->begin_us < b->begin_us ? -1 : 1;
	return strcmp(a->path, b->path);
}

/* Marks were written in the order of reading; runs[] has been ordered since, and cut. */
static void order_marks(struct history *h, struct history_case *k)
{
	struct history_mark *marks = xcalloc(h->n_runs + 1, sizeof(*marks));

	for (size_t i = 0; i < h->n_runs; i++) {
		size_t id = h->runs[i].id;

		marks[i] =
			id < k->room ? k->marks[id] : (struct history_mark){.mark = HISTORY_ABSENT};
	}
	free(k->marks);
	k->marks = marks;
	k->room = h->n_runs;
}

static void cut_to_newest(struct history *h, size_t newest)
{
	size_t cut = newest && newest < h->n_runs ? h->n_runs - newest : 0;

	for (size_t i = 0; i < cut; i++)
		release_run(&h->runs[i]);
	memmove(h->runs, h->runs + cut, (h->n_runs - cut) * sizeof(*h->runs));
	h->n_runs -= cut;
}

static int by_standing(const void *x, const void *y)
{
	const struct history_case *a = x, *b = y;
	int r = strcmp(a->name, b->name);

	if (a->standing != b->standing)
		return a->standing < b->standing ? -1 : 1;
	if (r == 0)
		r = strcmp(a->scenario, b->scenario);
	if (r == 0)
		r = strcmp(a->lane, b->lane);
	if (r == 0)
		r = strcmp(a->role, b->role);
	return r ? r : strcmp(a->profile, b->profile);
}

void history_finish(struct history *h, size_t newest)
{
	if (!h->n_runs)
		return;
	qsort(h->runs, h->n_runs, sizeof(*h->runs), by_time);
	cut_to_newest(h, newest);
	for (size_t i = 0; i < h->n_cases; i++) {
		order_marks(h, &h->cases[i]);
		history_judge(h, &h->cases[i]);
	}
	find_reasons(h);
	for (size_t i = 0; i < h->n_cases; i++)
		h->n[h->cases[i].standing]++;
	if (h->n_cases)
		qsort(h->cases, h->n_cases, sizeof(*h->cases), by_standing);
	fill_table(h, h->table_size);
}

bool history_is_flaky(const struct history *h, const struct report_cell *c, const char *name)
{
	size_t at = *slot_of(h, c, name);

	return at && h->cases[at - 1].standing == HISTORY_FLAKED;
}
