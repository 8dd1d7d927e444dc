/* SPDX-License-Identifier: MIT */
#include "report/report_side.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "report/report_model_json.h"

#define UNATTRIBUTED_KIND "crash-unattributed"
#define UNATTRIBUTED_MAX  1000

static void add_unattributed(struct report_side *s, const char *kind, const char *text)
{
	if (strcmp(kind, UNATTRIBUTED_KIND) == 0 && s->unattributed.n < UNATTRIBUTED_MAX)
		strv_push(&s->unattributed, text);
}

static int take_event(void *arg, const struct store_event_row *e)
{
	add_unattributed(arg, e->kind, e->text);
	return 0;
}

static int load_events(struct store *store, struct report_side *s, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < s->model.n_cells; i++) {
		const struct report_cell *c = &s->model.cells[i];

		for (size_t j = 0; r == 0 && report_side_is_subject(s, c) && j < c->n_boots; j++)
			r = store_each_event(store, c->boots[j].row.id, take_event, s, err);
	}
	return r;
}

static int load_folder(struct report_side *s, struct err *err)
{
	struct store *store = NULL;
	int r = store_open(s->path, false, &store, err);

	if (r < 0)
		return r;
	r = report_model_load(store, &s->model, err);
	if (r == 0)
		r = load_events(store, s, err);
	store_close(store);
	return r;
}

static void take_json_event(void *arg, const char *kind, const char *text)
{
	add_unattributed(arg, kind, text);
}

static int load_json(struct report_side *s, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(REPORT_SIDE_JSON_MAX);
	_cleanup_(jsonr_release) struct jsonr *root = NULL;
	int r = file_read(s->path, &text, err);

	if (r < 0)
		return r;
	s->is_json = true;
	r = jsonr_parse(strbuf_str(&text), text.len, &root, err);
	if (r == 0)
		r = report_model_from_json(root, &s->model, err);
	if (r < 0)
		return err_wrap(err, "%s is no run folder and no JSON report of one", s->path);
	report_model_json_events(root, take_json_event, s);
	return 0;
}

int report_side_load(const char *path, struct report_side *ret_side, struct err *err)
{
	struct report_side s = {.path = xstrdup(path)};
	struct stat st;
	int r = file_stat(path, &st, err);

	if (r == 0)
		r = S_ISREG(st.st_mode) ? load_json(&s, err) : load_folder(&s, err);
	if (r < 0)
		report_side_release(&s);
	else
		*ret_side = s;
	return r;
}

void report_side_release(struct report_side *s)
{
	report_model_release(&s->model);
	strv_release(&s->unattributed);
	free(s->path);
	*s = (struct report_side){0};
}

bool report_side_is_subject(const struct report_side *s, const struct report_cell *c)
{
	return report_is_kut(c) == s->model.has_kut;
}

static const struct report_cell *first_subject(const struct report_side *s)
{
	for (size_t i = 0; i < s->model.n_cells; i++)
		if (report_side_is_subject(s, &s->model.cells[i]))
			return &s->model.cells[i];
	return NULL;
}

const char *report_side_kernel(const struct report_side *s)
{
	const struct report_cell *c = first_subject(s);

	return c ? c->cell.kernel : "";
}

const char *report_side_release_name(const struct report_side *s)
{
	for (size_t i = 0; i < s->model.n_cells; i++) {
		const struct report_cell *c = &s->model.cells[i];
		const char *name = report_boot_fact(c, "hello.release", NULL);

		if (name && report_side_is_subject(s, c))
			return name;
	}
	return "";
}

const char *report_side_sha256(const struct report_side *s)
{
	const char *sha = report_fact(&s->model.facts, "kernel.sha256");

	return sha && s->model.has_kut ? sha : "";
}

uint64_t report_side_begin_us(const struct report_side *s)
{
	const char *text = report_fact(&s->model.facts, "begin.wall_us");

	return text ? strtoull(text, NULL, 10) : 0;
}
