/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "report/report_walk.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "report/report_profiles.h"
#include "report/report_rig.h"
#include "store/store_expected.h"

/* What a case did: its attempts one by one. */
static const char *const stories[] = {"", "p", "f", "s", "fp", "pp"};

static void add_story(struct fixture *f, int64_t cell, const char *name, const char *story)
{
	static uint64_t us;

	for (unsigned int i = 0; story[i]; i++) {
		enum verdict v = story[i] == 'p'   ? VERDICT_PASS
				 : story[i] == 's' ? VERDICT_SKIP
						   : VERDICT_FAIL;
		struct store_result r = {.cell = cell,
					 .name = name,
					 .attempt = i + 1,
					 .retry = i > 0,
					 .verdict = v,
					 .reason = "because",
					 .begin_us = us,
					 .end_us = us + 7};

		us += 10;
		assert_int_equal(store_add_result(f->store, &r, NULL), 0);
	}
}

static void know(struct fixture *f, const char *name)
{
	const struct store_expected e = {.role = "reference",
					 .file = "expect/k.yaml",
					 .line = 4,
					 .name = name,
					 .verdicts = "fail",
					 .owner = "o",
					 .reason = "r",
					 .issue = "#12",
					 .expires = "2999-01-01"};

	assert_int_equal(store_add_expected(f->store, &e, NULL), 0);
}

static size_t held(const struct report_model *m, size_t *ret_plain)
{
	size_t n = 0;

	*ret_plain = 0;
	for (size_t i = 0; i < m->n_cells; i++) {
		n += m->cells[i].n_results;
		*ret_plain += m->cells[i].n_plain;
	}
	return n;
}

static void load_telling(struct fixture *f, struct report_model *m)
{
	assert_int_equal(store_read_begin(f->store, NULL), 0);
	assert_int_equal(report_model_load_telling(f->store, m, NULL), 0);
	store_read_end(f->store);
}

/* However many pass, the same is in memory. */
static void plain_cases_are_counted(void **state)
{
	for (unsigned int kernels = 1; kernels <= 2; kernels++) {
		for (unsigned int n = 2; n <= 200; n += 198) {
			struct report_model m;
			struct fixture *f;
			size_t plain;

			setup((void **)&f);
			know(f, "known");
			for (unsigned int k = 0; k < kernels; k++) {
				int64_t cell = add_cell(f, k ? "kut" : "reference", "suite");

				for (unsigned int i = 0; i < n; i++) {
					_autofree_ char *name = xasprintf("plain%u", i);

					add_story(f, cell, name, i % 2 ? "pp" : "p");
				}
				add_story(f, cell, "fails", "f");
				add_story(f, cell, "skips", "s");
				add_story(f, cell, "flaky", "fp");
				add_story(f, cell, "known", "p");
			}
			load_telling(f, &m);
			assert_int_equal(held(&m, &plain), kernels * 4);
			assert_int_equal(plain, kernels * n);
			assert_int_equal(report_n_cases(&m.cells[0]), n + 4);
			assert_int_equal(m.cells[0].tally.n[VERDICT_PASS], n);
			report_model_release(&m);
			teardown((void **)&f);
		}
	}
}

static int64_t on_machine(struct fixture *f, const char *role, const char *profile)
{
	struct store_cell c = {.role = role,
			       .kernel = "k",
			       .target = "qemu",
			       .profile = profile,
			       .lane = "static",
			       .scenario = "cloud"};

	assert_int_equal(store_add_cell(f->store, &c, NULL), 0);
	return c.id;
}

/* Every story beside every other, on two machines that the reference shares or does not. */
static void fill(struct fixture *f)
{
	int64_t cells[] = {on_machine(f, "kut", "a"), on_machine(f, "reference", "b"),
			   on_machine(f, "kut", "c"), on_machine(f, "reference", "a")};
	unsigned int n = ARRAY_SIZE(stories), all = n * n * n * n;

	know(f, "*7");
	add_story(f, add_cell(f, "kut", "alone"), "nobody else", "p");
	add_story(f, add_cell(f, "reference", "other"), "nobody else", "p");
	for (unsigned int i = 0; i < all; i += i % 6 ? 1 : 5) {
		_autofree_ char *name = xasprintf("n%u", i);
		unsigned int rest = i;

		for (size_t k = 0; k < ARRAY_SIZE(cells); k++, rest /= n)
			add_story(f, cells[k], name, stories[rest % n]);
	}
}

static void tell_result(struct strbuf *sb, const struct report_cell *c,
			const struct report_result *r)
{
	if (!r) {
		strbuf_addstr(sb, "none;");
		return;
	}
	strbuf_addf(sb, "%lld %s %s %d %lld-%lld;", (long long)c->cell.id, r->name,
		    verdict_name(r->verdict), r->flaky, (long long)r->begin_us,
		    (long long)r->end_us);
}

static int tell_pair(void *arg, const struct report_pair *p)
{
	struct strbuf *sb = arg;

	strbuf_addf(sb, "%u %s:", p->relation, p->why ? p->why : "");
	tell_result(sb, p->kut_cell, p->kut);
	tell_result(sb, p->reference_cell, p->reference);
	strbuf_addch(sb, '\n');
	return 0;
}

static int tell_case(void *arg, const struct report_cell *c, const struct report_result *r)
{
	struct strbuf *sb = arg;

	tell_result(sb, c, r);
	strbuf_addf(sb, "%s %u %u %s\n", r->reason, r->attempts, r->samples_bad,
		    r->known ? r->known->entry.issue : "");
	return 0;
}

static void tell_profile(void *arg, const struct report_profile *p)
{
	_autofree_ char *text = report_profile_text(p);

	strbuf_addf(arg, "%s\n", text);
}

static void tell_sums(struct strbuf *sb, const struct report_model *m, const struct report_gaps *g)
{
	strbuf_addf(sb, "%zu %zu %zu %zu %zu, exit %d, end %lld\n", g->n_gaps, g->n_known,
		    g->n_flaky, g->n_unstable, g->n_not_comparable, report_gaps_exit(m, g),
		    (long long)m->end_us);
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];

		strbuf_addf(sb, "%zu cases, %u pass, %u flaky, %u missing, %lld-%lld\n",
			    report_n_cases(c), c->tally.n[VERDICT_PASS], c->tally.flaky, c->missing,
			    (long long)c->begin_us, (long long)c->end_us);
	}
	strbuf_addf(sb, "%u pass\n", m->total.n[VERDICT_PASS]);
	report_each_profile(m, g, tell_profile, sb);
}

static void tell_whole(struct fixture *f, struct strbuf *sb)
{
	struct report_model m;
	struct report_gaps g;

	assert_int_equal(report_model_load(f->store, &m, NULL), 0);
	report_gaps(&m, &g);
	tell_sums(sb, &m, &g);
	for (size_t i = 0; i < m.n_cells; i++)
		for (size_t j = 0; j < m.cells[i].n_results; j++)
			tell_case(sb, &m.cells[i], &m.cells[i].results[j]);
	for (size_t i = 0; i < g.n_pairs; i++)
		tell_pair(sb, &g.pairs[i]);
	strbuf_addf(sb, "%zu pairs\n", g.n_pairs);
	report_gaps_release(&g);
	report_model_release(&m);
}

/* Returns how many cases were not in memory. */
static size_t tell_walked(struct fixture *f, struct strbuf *sb)
{
	struct report_model m;
	struct report_gaps g;
	struct report_ctx ctx = {.store = f->store, .model = &m, .gaps = &g};
	size_t plain;

	load_telling(f, &m);
	report_gaps(&m, &g);
	tell_sums(sb, &m, &g);
	for (size_t i = 0; i < m.n_cells; i++)
		assert_int_equal(report_each_case(&ctx, &m.cells[i], tell_case, sb, NULL), 0);
	assert_int_equal(report_each_pair(&ctx, tell_pair, sb, NULL), 0);
	strbuf_addf(sb, "%zu pairs\n", report_n_pairs(&ctx));
	held(&m, &plain);
	report_gaps_release(&g);
	report_model_release(&m);
	return plain;
}

/* A run that is walked says what a run says that is in memory whole. */
static void walked_as_held(void **state)
{
	_cleanup_(strbuf_release) struct strbuf whole = STRBUF_INIT(8 << 20),
						walked = STRBUF_INIT(8 << 20);
	struct fixture *f = *state;

	fill(f);
	tell_whole(f, &whole);
	assert_true(tell_walked(f, &walked) > 20);
	assert_string_equal(strbuf_str(&walked), strbuf_str(&whole));
}

static int stop(void *arg, const struct report_cell *c, const struct report_result *r)
{
	unsigned int *n = arg;

	return ++*n == 2 ? 5 : 0;
}

static void a_walk_ends_where_it_is_told(void **state)
{
	struct fixture *f = *state;
	struct report_model m;
	struct report_gaps g;
	struct report_ctx ctx = {.store = f->store, .model = &m, .gaps = &g};
	int64_t cell = add_cell(f, "kut", "suite");
	unsigned int n = 0;

	add_story(f, cell, "a", "p");
	add_story(f, cell, "b", "p");
	add_story(f, cell, "c", "p");
	load_telling(f, &m);
	report_gaps(&m, &g);
	assert_int_equal(report_each_case(&ctx, &m.cells[0], stop, &n, NULL), 5);
	assert_int_equal(n, 2);
	report_gaps_release(&g);
	report_model_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_cases_are_counted),
		cmocka_unit_test_setup_teardown(walked_as_held, setup, teardown),
		cmocka_unit_test_setup_teardown(a_walk_ends_where_it_is_told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
