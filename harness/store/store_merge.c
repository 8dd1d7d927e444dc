/* SPDX-License-Identifier: MIT */
#include "store/store_merge.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "store/store_db.h"
#include "store/store_expected.h"
#include "store/store_read.h"

/* Folders in folders of artefacts. */
#define DEPTH_MAX 8

struct merge {
	struct store *to, *from;
	uint64_t shift_us;
	struct err *err;
	/* The cell of the moment, and its boots: old id, new id, old id, … */
	int64_t cell;
	bool fresh; /* it was not there before */
	int64_t *boots;
	size_t n_boots;
	int64_t boot;
	int64_t last;	/* result that was there before the cell was copied */
	uint64_t n_met; /* cases that it had before and the other one has as well */
};

static void at(struct merge *m, uint64_t time_us)
{
	store_set_clock(m->to, time_us + m->shift_us);
}

static int copy_file(const char *from, const char *to, struct err *err)
{
	_autoclose_ int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	_autoclose_ int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int r;

	if (in < 0 || out < 0)
		return err_errno(err, errno, "cannot copy %s to %s", from, to);
	r = fd_copy(in, out);
	return r < 0 ? err_errno(err, -r, "cannot copy %s to %s", from, to) : 0;
}

/* Files and folders; whatever else lies there (a socket, a link) is no artefact. */
static int copy_dir(const char *from, const char *to, unsigned int depth, struct err *err)
{
	DIR *d = opendir(from);
	struct dirent *e;
	int r = 0;

	if (!d)
		return errno == ENOENT ? 0 : err_errno(err, errno, "cannot read %s", from);
	while (r == 0 && (e = readdir(d))) {
		_autofree_ char *source = path_join(from, e->d_name);
		_autofree_ char *target = path_join(to, e->d_name);
		struct stat st;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    lstat(source, &st) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			r = copy_file(source, target, err);
		else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			r = mkdir_p(target, err) < 0 ? -EIO
						     : copy_dir(source, target, depth + 1, err);
	}
	closedir(d);
	return r;
}

struct wanted {
	const struct store_cell *cell;
	int64_t id;
};

static int is_wanted(void *arg, const struct store_cell_row *row)
{
	struct wanted *w = arg;
	const struct store_cell *a = w->cell, *b = &row->cell;

	if (strcmp(a->role, b->role) == 0 && strcmp(a->target, b->target) == 0 &&
	    strcmp(a->profile, b->profile) == 0 && strcmp(a->lane, b->lane) == 0 &&
	    strcmp(a->scenario, b->scenario) == 0)
		w->id = b->id;
	return 0;
}

static int find_cell(struct merge *m, const struct store_cell_row *row)
{
	struct wanted w = {.cell = &row->cell};
	struct store_cell copy = row->cell;
	int r = store_each_cell(m->to, is_wanted, &w, m->err);

	m->fresh = !w.id;
	m->cell = w.id;
	if (r == 0 && m->fresh) {
		at(m, row->begin_us);
		r = store_add_cell(m->to, &copy, m->err);
		m->cell = copy.id;
	}
	return r;
}

/* Of a statement that has one row of one number. */
static int read_number(struct merge *m, sqlite3_stmt *st, int64_t *ret)
{
	int r = store_db_row(m->to, st, "cannot read", m->err);

	if (r < 0)
		return r;
	*ret = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

static int find_last(struct merge *m)
{
	sqlite3_stmt *st;
	int r = store_db_bind(m->to, STMT_LAST_RESULT, &st, m->err, "");

	return r < 0 ? r : read_number(m, st, &m->last);
}

/* The last attempt that the cell had before. */
static int attempts_before(struct merge *m, const char *name, int64_t *ret)
{
	sqlite3_stmt *st;
	int r;

	*ret = 0;
	if (m->fresh)
		return 0;
	r = store_db_bind(m->to, STMT_LAST_ATTEMPT, &st, m->err, "iti", m->cell, name,
			  STORE_MAX_REASON, m->last);
	return r < 0 ? r : read_number(m, st, ret);
}

static int64_t number_of(const char *text)
{
	return text ? strtoll(text, NULL, 10) : 0;
}

/* The fact of a cell that other folders have as well. */
static int join_fact(struct merge *m, const struct store_fact *f, const char *there)
{
	int64_t mine = number_of(f->value), theirs = number_of(there);
	char text[32];

	if (strcmp(f->key, "planned") == 0)
		snprintf(text, sizeof(text), "%" PRId64, mine + theirs - (int64_t)m->n_met);
	else if (strcmp(f->key, "place") == 0 && mine < theirs)
		snprintf(text, sizeof(text), "%" PRId64, mine);
	else
		return 0;
	return store_set_cell_fact(m->to, m->cell, f->key, text, m->err);
}

static int copy_cell_fact(void *arg, const struct store_fact *f)
{
	struct merge *m = arg;
	_autofree_ char *there = store_get_cell_fact(m->to, m->cell, f->key);

	at(m, f->time_us);
	if (there)
		return join_fact(m, f, there);
	return store_set_cell_fact(m->to, m->cell, f->key, f->value, m->err);
}

static int copy_boot_fact(void *arg, const struct store_fact *f)
{
	struct merge *m = arg;

	at(m, f->time_us);
	return store_set_boot_fact(m->to, m->boot, f->key, f->value, m->err);
}

static int copy_event(void *arg, const struct store_event_row *e)
{
	struct merge *m = arg;

	at(m, e->time_us);
	return store_add_event(m->to, m->boot, e->kind, *e->text ? e->text : NULL, m->err);
}

static int copy_boot(void *arg, const struct store_boot_row *b)
{
	struct merge *m = arg;
	_autofree_ char *from = store_boot_dir(m->from, b->cell, b->number);
	_autofree_ char *to = NULL;
	int r;

	at(m, b->begin_us);
	r = store_add_boot(m->to, m->cell, &m->boot, &to, m->err);
	if (r < 0)
		return r;
	m->boots = xreallocarray(m->boots, m->n_boots + 2, sizeof(*m->boots));
	m->boots[m->n_boots++] = b->id;
	m->boots[m->n_boots++] = m->boot;
	r = store_each_boot_fact(m->from, b->id, copy_boot_fact, m, m->err);
	if (r == 0)
		r = store_each_event(m->from, b->id, copy_event, m, m->err);
	if (r == 0 && b->events_dropped)
		r = store_count_events(m->to, m->boot, b->events_dropped, m->err);
	return r < 0 ? r : copy_dir(from, to, 0, m->err);
}

static int64_t new_boot(const struct merge *m, int64_t old)
{
	for (size_t i = 0; i < m->n_boots; i += 2)
		if (m->boots[i] == old)
			return m->boots[i + 1];
	return 0;
}

static int meet_case(void *arg, const struct store_case_row *row)
{
	struct merge *m = arg;
	int64_t before;
	int r = attempts_before(m, row->name, &before);

	if (r == 0 && before)
		m->n_met++;
	return r;
}

static int copy_result(void *arg, const struct store_result_row *row)
{
	struct merge *m = arg;
	struct store_result r = row->result;
	_autofree_ char *detail = NULL;
	int64_t before;
	int rc = attempts_before(m, r.name, &before);

	if (rc == 0 && before && r.verdict == VERDICT_PASS)
		return 0;
	if (rc == 0 && row->has_detail)
		rc = store_read_detail(m->from, row->id, &detail, m->err);
	if (rc < 0)
		return rc;
	r.cell = m->cell;
	r.boot = new_boot(m, r.boot);
	r.attempt += (unsigned int)before;
	r.detail = detail;
	r.begin_us += m->shift_us;
	r.end_us += m->shift_us;
	return store_add_result(m->to, &r, m->err);
}

static int copy_metric(void *arg, const struct store_metric_row *row)
{
	struct merge *m = arg;

	at(m, row->time_us);
	return store_add_metric(m->to, m->cell, row->name, row->value,
				*row->unit ? row->unit : NULL, m->err);
}

static void forget_cell(struct merge *m)
{
	free(m->boots);
	m->boots = NULL;
	m->n_met = m->n_boots = 0;
}

static int copy_cell(void *arg, const struct store_cell_row *row)
{
	struct merge *m = arg;
	int64_t old = row->cell.id;
	int r = find_cell(m, row);

	if (r == 0)
		r = find_last(m);
	if (r == 0 && !m->fresh)
		r = store_each_case(m->from, old, meet_case, m, m->err);
	if (r == 0)
		r = store_each_boot(m->from, old, copy_boot, m, m->err);
	if (r == 0)
		r = store_each_result(m->from, old, copy_result, m, m->err);
	if (r == 0)
		r = store_each_cell_fact(m->from, old, copy_cell_fact, m, m->err);
	if (r == 0)
		r = store_each_metric(m->from, old, copy_metric, m, m->err);
	forget_cell(m);
	return r;
}

int store_merge(struct store *to, struct store *from, uint64_t shift_us, struct err *err)
{
	struct merge m = {.to = to, .from = from, .shift_us = shift_us, .err = err};
	int r = store_each_cell(from, copy_cell, &m, err);

	if (r == 0)
		r = store_copy_expected(to, from, err);
	store_set_clock(to, STORE_CLOCK);
	return r;
}
