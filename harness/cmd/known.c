/* SPDX-License-Identifier: MIT */
#include "cmd/known.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/loop.h"
#include "base/xalloc.h"
#include "report/report_expected.h"
#include "run/expectation.h"

static void free_expect(struct expect **e)
{
	expect_free(*e);
}

/* The cases of the run as a plan would name them. */
static void plan_of(const struct report_model *m, struct plan *ret_plan)
{
	ret_plan->cells = xcalloc(m->n_cells + 1, sizeof(*ret_plan->cells));
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *from = &m->cells[i];
		struct cell *c = &ret_plan->cells[ret_plan->n++];

		*c = (struct cell)CELL_INIT;
		c->scenario = xstrdup(from->cell.scenario);
		c->lane = xstrdup(from->cell.lane);
		for (size_t k = 0; k < from->n_results; k++)
			strv_push(&c->names, from->results[k].name);
	}
}

static int check(const struct expect *e, const struct report_model *m, struct err *err)
{
	_cleanup_(plan_release) struct plan plan = {0};
	struct loop *loop = NULL;
	int r = loop_new(&loop, err);

	plan_of(m, &plan);
	if (r == 0)
		r = expectation_check(e, loop, &plan, err);
	loop_free(loop);
	return r;
}

static int add(void *arg, const struct store_expected *row)
{
	report_expected_add(arg, row);
	return 0;
}

int known_lay(const char *file, struct report_model *m, struct err *err)
{
	_cleanup_(free_expect) struct expect *e = NULL;
	int r = expectation_find(file, NULL, &e, err);

	if (r == 0 && e)
		r = check(e, m, err);
	if (r < 0)
		return r;
	report_expected_release(m);
	if (e)
		expectation_each(e, m->has_kut ? "kut" : "reference", add, m);
	report_expected_apply(m);
	return 0;
}
