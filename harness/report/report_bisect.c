/* SPDX-License-Identifier: MIT */
#include "report/report_bisect.h"

#include <string.h>

#include "base/cleanup.h"
#include "report/report_side.h"
#include "wire/escape.h"

static enum report_bisect answer_of(const struct report_result *r)
{
	if (verdict_is_bad(r->verdict))
		return REPORT_BISECT_BAD;
	if (r->flaky)
		return r->samples < r->attempts ? REPORT_BISECT_UNKNOWN : REPORT_BISECT_BAD;
	return verdict_is_infra(r->verdict) ? REPORT_BISECT_UNKNOWN : REPORT_BISECT_GOOD;
}

struct finding {
	enum report_bisect answer;
	const struct report_result *result; /* NULL: what says it */
	const char *what;
	bool answered; /* some case has a word of the kernel's own */
};

static void find(struct finding *f, enum report_bisect answer, const struct report_result *r,
		 const char *what)
{
	if (f->answer == REPORT_BISECT_BAD || answer == REPORT_BISECT_GOOD || f->answer == answer)
		return;
	*f = (struct finding){.answer = answer, .result = r, .what = what, .answered = f->answered};
}

static void look_at(struct finding *f, const struct report_cell *c)
{
	for (size_t i = 0; i < c->n_results; i++) {
		const struct report_result *r = &c->results[i];

		f->answered |= strcmp(r->name, "boot") != 0 && r->verdict != VERDICT_SKIP &&
			       !verdict_is_infra(r->verdict);
		find(f, answer_of(r), r, NULL);
	}
	if (c->missing)
		find(f, REPORT_BISECT_UNKNOWN, NULL, "a planned case has no result");
}

static void tell(const struct finding *f, struct strbuf *why)
{
	static const char *const words[] = {"good", "bad", "cannot be told"};

	strbuf_addstr(why, words[f->answer]);
	if (f->result) {
		const char *word =
			f->result->flaky ? "not always the same" : verdict_name(f->result->verdict);

		strbuf_addf(why, ": %s: ", word);
		escape_add(why, ESCAPE_TEXT | ESCAPE_ONE_LINE, f->result->name,
			   strlen(f->result->name));
		strbuf_addstr(why, *f->result->reason ? ": " : "");
		escape_add(why, ESCAPE_TEXT | ESCAPE_ONE_LINE, f->result->reason,
			   strlen(f->result->reason));
	} else if (f->what) {
		strbuf_addf(why, ": %s", f->what);
	}
}

int report_bisect(const char *dir, enum report_bisect *ret_answer, struct strbuf *why,
		  struct err *err)
{
	_cleanup_(report_side_release) struct report_side side = {0};
	struct finding f = {.answer = REPORT_BISECT_GOOD};
	int r = report_side_load(dir, &side, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < side.model.n_cells; i++)
		if (report_side_is_subject(&side, &side.model.cells[i]))
			look_at(&f, &side.model.cells[i]);
	if (strcmp(side.model.state, "finished") != 0)
		find(&f, REPORT_BISECT_UNKNOWN, NULL, "the run did not end");
	if (!f.answered)
		find(&f, REPORT_BISECT_UNKNOWN, NULL, "nothing was answered");
	tell(&f, why);
	*ret_answer = f.answer;
	return 0;
}
