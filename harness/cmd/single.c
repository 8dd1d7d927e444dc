/* SPDX-License-Identifier: MIT */
#include "cmd/single.h"

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "cmd/sweep.h"

int single_loop(struct loop **ret_loop, struct err *err)
{
	struct loop *loop = NULL;
	int r = loop_new(&loop, err);

	if (r == 0)
		r = loop_catch_signals(loop, err);
	if (r < 0)
		loop_free(loop);
	else
		*ret_loop = loop;
	return r;
}

int single_open(const struct session *session, struct store **ret_store, struct err *err)
{
	_autofree_ char *dir = session->run_dir ? xstrdup(session->run_dir) : session_new_run_dir();

	sweep_beside(dir);
	return store_create(dir, ret_store, err);
}

int single_plan(struct single *s, struct loop *loop, const struct session *session, bool kut,
		const char *what, struct err *err)
{
	s->reason = (struct strbuf)STRBUF_INIT(2000);
	s->detail = (struct strbuf)STRBUF_INIT(256u << 10);
	s->worker.loop = loop;
	return plan_one(loop, &session->request, kut, what, &s->plan, err);
}

int single_boot(struct single *s, struct store *store, struct err *err)
{
	int r = plan_enter(&s->plan, store, err);

	if (r < 0)
		return r;
	s->plan.cells[0].run_dir = xstrdup(store_dir(store));
	s->worker.store = store;
	s->worker.cell = &s->plan.cells[0];
	s->worker.silent = true;
	return worker_boot(&s->worker, s->worker.cell->scenario, NULL, &s->guest, &s->verdict,
			   &s->reason, &s->detail, err);
}

/* For who wants to see it again. */
static int keep_command(const struct single *s, struct store *store, char *const *words,
			struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf lines = STRBUF_INIT(64u << 10);
	_autofree_ char *command = xasprintf("harness %s", s->worker.cell->scenario);
	int64_t cell = s->worker.cell->id;
	int r = store_set_cell_fact(store, cell, "command", command, err);

	for (; words && *words; words++)
		strbuf_addf(&lines, "%s\n", *words);
	if (r == 0 && lines.len)
		r = store_set_cell_fact(store, cell, "words", strbuf_str(&lines), err);
	return r;
}

int single_tell(struct single *s, struct store *store, enum verdict v, const char *reason,
		char *const *words, struct err *err)
{
	const struct store_result result = {
		.cell = s->worker.cell->id,
		.boot = s->guest ? s->guest->boot : 0,
		.name = s->worker.cell->scenario,
		.verdict = v,
		.reason = *reason ? reason : NULL,
		.detail = s->detail.len ? strbuf_str(&s->detail) : NULL,
		.end_us = store_now(store),
		.console_to = s->guest ? s->guest->console_bytes : 0,
	};
	int r = keep_command(s, store, words, err);

	return r < 0 ? r : store_add_result(store, &result, err);
}

void single_release(struct single *s)
{
	guest_free(s->guest);
	s->guest = NULL;
	plan_release(&s->plan);
	strbuf_release(&s->reason);
	strbuf_release(&s->detail);
}
