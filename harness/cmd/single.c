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

void single_release(struct single *s)
{
	guest_free(s->guest);
	s->guest = NULL;
	plan_release(&s->plan);
	strbuf_release(&s->reason);
	strbuf_release(&s->detail);
}
