/* SPDX-License-Identifier: MIT */
/*
 * The set against a guest of this file: it runs cases and brings crash text when a story says so,
 * late, in two parts, while it is looked at. Whatever the story, every case has one verdict, and
 * none of a machine whose crash text had begun.
 */
#include "run/caseset.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "run/progress.h"
#include "store/store_expected.h"
#include "store/store_read.h"

#define CASES	  6
#define BOOTS_MAX 16
/* Nothing becomes clear by the time that a test takes. */
#define SETTLE_MS 30000
#define TITLE	  "panic: late in fake_thread"

struct story {
	const char *culprit;
	unsigned int late;	/* so many results after its own the text begins */
	unsigned int length;	/* and so many after that it is whole */
	bool once;		/* the first machine only */
	bool judged;		/* on the first machine no text until it is looked at */
	const char *hang;	/* never ends */
	bool hang_once;		/* on the first machine only */
	bool slow;		/* the guest's clock is */
	enum verdict judged_as; /* of a hang; 0: it is one */
	const char *fail;	/* answers so, always */
	enum crash_class class;
	bool backwards;	   /* the runner has an order of its own */
	const char *older; /* the text says that it began before this one did */
	uint64_t doubt;	   /* or so many cases later */
	const char *kills; /* the runner, which lags; "*": each does */
	const char *stops; /* it, at once: nothing is heard of it any more */
	int64_t retries;
	bool quick; /* the console is clean at once */
};

struct told {
	char name[16];
	enum verdict verdict;
	int64_t boot;
};

struct many {
	size_t n, read, told, of[VERDICT_COUNT], most, fails_at;
	size_t batch, answered; /* the next ones come when so many have been asked */
	bool promises;		/* more than come */
};

/* The machine of the moment: one exec, how far it is, and how far its crash is. */
static struct fake {
	const struct story *story;
	struct guest *guest;
	struct chan_call_listener calls;
	const char *names[CASES_AHEAD + 1];
	size_t n, at;
	bool running, open, armed;
	unsigned int since; /* results since the culprit's */
	unsigned int boots;
	char alone[CASES * 2]; /* who was asked as the only one, in that order */
	int64_t first_boot;
	struct told late[BOOTS_MAX * CASES]; /* results after the text began */
	size_t n_late;
	struct told told[2 * CASES];
	size_t n_told;
	struct many many;
} fake;

static struct store *store;
static struct store_cell row = {.role = "kut",
				.kernel = "",
				.target = "qemu",
				.profile = "",
				.lane = "static",
				.scenario = "probes"};

static void say(char kind, const char *name)
{
	char line[32];
	int n = snprintf(line, sizeof(line), "%c%s", kind, name);

	fake.calls.on_output(fake.calls.arg, 1, line, (size_t)n);
}

/* Its text waits. */
static bool is_held(void)
{
	return fake.story->judged && fake.boots == 1;
}

static void begin_text(void)
{
	if (!fake.guest->crash_began)
		fake.guest->crash_began = now_us();
}

static void end_text(void)
{
	struct guest *g = fake.guest;

	begin_text();
	fake.armed = false;
	g->crashes = 1;
	g->tainted = true;
	g->first_crash = (struct crash){.class = fake.story->class, .text = xstrdup("text")};
	snprintf(g->first_crash.title, sizeof(g->first_crash.title), TITLE);
	g->dead = fake.story->class == CRASH_FATAL;
}

/* After a result: the crash of this story goes on. */
static void move_crash(const char *name)
{
	const struct story *s = fake.story;

	if (fake.armed)
		fake.since++;
	if (s->culprit && strcmp(name, s->culprit) == 0 && (!s->once || fake.boots == 1)) {
		fake.armed = true;
		fake.since = 0;
	}
	if (!fake.armed || is_held())
		return;
	if (fake.since >= s->late)
		begin_text();
	if (fake.since >= s->late + s->length)
		end_text();
}

static void end_exec(int status)
{
	fake.running = false;
	if (fake.armed && !is_held())
		end_text();
	fake.calls.on_done(fake.calls.arg, status, 0, NULL);
}

static bool is_named(const char *who, const char *name)
{
	return who && (*who == '*' || strcmp(name, who) == 0);
}

static bool hangs(const char *name)
{
	const struct story *s = fake.story;

	return s->hang && strcmp(name, s->hang) == 0 && (!s->hang_once || fake.boots == 1);
}

/* The next thing that happens in the machine; false: nothing does. */
static bool step(void)
{
	const char *name;

	if (!fake.running)
		return false;
	if (fake.at == fake.n) {
		end_exec(0);
		return true;
	}
	name = fake.names[fake.at];
	if (is_named(fake.story->stops, name))
		return false;
	if (is_named(fake.story->kills, name)) {
		end_exec(SIGKILL);
		return true;
	}
	if (!fake.open) {
		fake.open = true;
		say('b', name);
		return true;
	}
	if (hangs(name)) {
		fake.armed |= fake.story->culprit && strcmp(name, fake.story->culprit) == 0;
		return false;
	}
	fake.open = false;
	fake.at++;
	if (fake.guest->crash_began) {
		struct told *t = &fake.late[fake.n_late++];

		snprintf(t->name, sizeof(t->name), "%s", name);
		t->boot = fake.guest->boot;
	}
	say('r', name);
	move_crash(name);
	return true;
}

/* --- What the set asks of a machine --- */

int worker_boot(struct worker *w, const char *why, const uint16_t *forward,
		struct guest **ret_guest, enum verdict *ret_verdict, struct strbuf *reason,
		struct strbuf *detail, struct err *err)
{
	_autofree_ char *dir = NULL;
	struct guest *g = xcalloc(1, sizeof(*g));

	w->boots++;
	assert_true(++fake.boots < BOOTS_MAX);
	assert_int_equal(store_add_boot(store, w->cell->id, &g->boot, &dir, err), 0);
	if (fake.boots == 1)
		fake.first_boot = g->boot;
	g->settle_ms = fake.story->quick ? 0 : SETTLE_MS;
	fake.guest = g;
	fake.armed = fake.running = false;
	*ret_guest = g;
	return 0;
}

void guest_free(struct guest *g)
{
	if (!g)
		return;
	if (g->crashes)
		free(g->first_crash.text);
	fake.guest = NULL;
	fake.running = false;
	free(g);
}

void guest_shutdown(struct guest *g)
{
	guest_free(g);
}

int guest_wait(struct guest *g, bool (*cond)(void *arg), void *arg, struct deadline deadline)
{
	for (;;) {
		if (cond && cond(arg))
			return 0;
		if (g->dead)
			return -EPIPE;
		if (step())
			continue;
		if (!fake.running || deadline_passed(deadline))
			return -ETIMEDOUT;
		/* A hang. */
		poll(NULL, 0, 1);
	}
}

/* A case has no limit here, except the runner's grace; the wait for the next has no end, unless
 * none is to come. */
struct deadline guest_deadline(const struct guest *g, uint64_t us)
{
	if (fake.story->stops)
		return deadline_in(us ? 20 * MSEC : 0);
	return deadline_in(us ? 3600 * SEC : 0);
}

/* Case a begins in the first second of the guest's clock, b in the second one, … */
static uint64_t guest_clock_of(const char *name)
{
	return (uint64_t)(name[0] - 'a' + 1) * SEC;
}

uint64_t guest_crash_clock(const struct guest *g, uint64_t *ret_lag)
{
	*ret_lag = fake.story->doubt * SEC;
	return fake.story->older ? guest_clock_of(fake.story->older) - 1 : 0;
}

bool guest_clock_is_slow(const struct guest *g)
{
	return fake.story->slow;
}

void guest_settle(struct guest *g)
{
	if (fake.armed && !is_held())
		end_text();
}

enum verdict guest_judge(struct guest *g, struct strbuf *reason, struct strbuf *detail)
{
	if (fake.armed)
		end_text();
	strbuf_addstr(reason, "the test hung");
	return fake.story->judged_as ? fake.story->judged_as : VERDICT_TIMEOUT;
}

int chan_start_exec(struct chan *c, const struct chan_exec *exec,
		    const struct chan_call_listener *listener, struct chan_call **ret_call,
		    struct err *err)
{
	fake.calls = *listener;
	fake.n = fake.at = 0;
	for (; exec->argv[fake.n]; fake.n++) {
		assert_true(fake.n < ARRAY_SIZE(fake.names));
		fake.names[fake.n] = exec->argv[fake.n];
	}
	for (size_t i = 0; fake.story->backwards && i < fake.n / 2; i++) {
		const char *name = fake.names[i];

		fake.names[i] = fake.names[fake.n - 1 - i];
		fake.names[fake.n - 1 - i] = name;
	}
	if (fake.n == 1 && strlen(fake.alone) < sizeof(fake.alone) - 1)
		fake.alone[strlen(fake.alone)] = fake.names[0][0];
	fake.running = true;
	fake.open = false;
	*ret_call = (struct chan_call *)&fake;
	return 0;
}

void chan_abandon(struct chan_call *call)
{
	fake.running = false;
}

void progress_begin(unsigned int i, unsigned int n, const char *name)
{
}

void progress_result(enum verdict v, const char *name, unsigned int attempt, const char *reason)
{
}

/* --- The runner --- */

static int command(void *arg, struct guest *g, const struct strv *names, struct strv *argv,
		   struct err *err)
{
	/* A runner without names would ask everything it has. */
	assert_true(names->n > 0);
	for (size_t i = 0; i < names->n; i++)
		strv_push(argv, names->v[i]);
	return 0;
}

static void *parser_new(void *arg, const struct case_sink *sink)
{
	return (void *)(uintptr_t)sink;
}

static void parser_feed(void *parser, const char *data, size_t n)
{
	const struct case_sink *sink = parser;
	_autofree_ char *line = xstrndup(data, n);
	bool fails = fake.story->fail && strchr(fake.story->fail, line[n - 1]);

	if (line[0] == 'b')
		sink->begin(sink->arg, line + 1, hangs(line + 1) ? 0 : 1, guest_clock_of(line + 1));
	else
		sink->result(sink->arg, line + 1, fails ? VERDICT_FAIL : VERDICT_PASS, "");
}

static void parser_free(void *parser)
{
}

static void on_told(void *arg, const struct store_result *r)
{
	struct told *t = &fake.told[fake.n_told];

	fake.many.told++;
	fake.many.of[r->verdict]++;
	if (strlen(r->name) != 1)
		return;
	assert_true(fake.n_told++ < ARRAY_SIZE(fake.told));
	snprintf(t->name, sizeof(t->name), "%s", r->name);
	t->verdict = r->verdict;
	t->boot = r->boot;
}

/* --- */

static const struct told *told_of(const char *name)
{
	for (size_t i = 0; i < fake.n_told; i++)
		if (strcmp(fake.told[i].name, name) == 0)
			return &fake.told[i];
	fail_msg("%s has no verdict", name);
	return NULL;
}

static void none_is_tainted(void)
{
	assert_true(fake.n_told >= CASES);
	for (size_t i = 0; i < fake.n_late; i++) {
		const struct told *t = told_of(fake.late[i].name);

		if (t->boot == fake.late[i].boot && t->verdict != VERDICT_CRASH)
			fail_msg("%s stands though boot %d had crashed", t->name, (int)t->boot);
	}
}

/* A new cell, asked by one worker. */
static struct worker begin(const struct story *story, struct cell *ret_cell)
{
	struct err err = ERR_INIT;

	assert_int_equal(store_add_cell(store, &row, &err), 0);
	*ret_cell = (struct cell){.id = row.id,
				  .repeat = 1,
				  .part = 1,
				  .parts = 1,
				  .retries = story->retries,
				  .role = (char *)row.role,
				  .lane = (char *)row.lane,
				  .scenario = (char *)row.scenario};
	fake = (struct fake){.story = story};
	return (struct worker){.store = store, .cell = ret_cell};
}

/* The letters from a on. */
static int first_letter(void *arg, struct err *err)
{
	*(char *)arg = 'a';
	return 0;
}

static int next_letter(void *arg, size_t waiting, char **ret_name, struct err *err)
{
	char *at = arg;

	if (*at == 'a' + CASES)
		return 0;
	*ret_name = xasprintf("%c", (*at)++);
	return 1;
}

/* Asks a … f; what came of each, in that order: its verdict's first letter and, of those that
 * stand in the first machine, a capital one. */
static void tell(const struct story *story, const char *want)
{
	const struct case_runner runner = {.format = "fake",
					   .lags = story->kills || story->stops,
					   .command = command,
					   .parser_new = parser_new,
					   .parser_feed = parser_feed,
					   .parser_free = parser_free,
					   .told = on_told};
	struct cell cell;
	struct worker w = begin(story, &cell);
	char got[CASES + 1] = "", at = 'a';
	const struct case_source source = {
		.n = CASES, .rewind = first_letter, .next = next_letter, .arg = &at};
	struct err err = ERR_INIT;

	assert_int_equal(caseset_run(&w, &source, &runner, &err), 0);
	none_is_tainted();
	for (size_t i = 0; i < CASES; i++) {
		const struct told *t = told_of((char[]){(char)('a' + i), '\0'});

		got[i] = verdict_name(t->verdict)[0];
		if (t->boot == fake.first_boot)
			got[i] = (char)toupper(got[i]);
	}
	assert_string_equal(got, want);
}

static void others_are_asked_again_after_a_late_text(void **state)
{
	tell(&(struct story){.culprit = "b", .late = 1, .length = 2, .class = CRASH_TASK},
	     "Pcpppp");
	assert_int_equal(fake.boots, 3);
	tell(&(struct story){.culprit = "c", .class = CRASH_FATAL}, "PPcppp");
	tell(&(struct story){.culprit = "f", .late = 1, .class = CRASH_RECOVERED}, "PPPPPc");
}

static int count_unattributed(void *arg, const struct store_event_row *e)
{
	if (strcmp(e->kind, "crash-unattributed") == 0 && strstr(e->text, TITLE))
		++*(int *)arg;
	return 0;
}

/* Nobody brings it again: nobody is accused, and nothing stands. */
static void unattributed(void **state)
{
	_autofree_ char *key = NULL, *note = NULL;
	int n = 0;

	tell(
		&(struct story){
			.culprit = "b", .late = 1, .length = 2, .once = true, .class = CRASH_TASK},
		"pppppp");
	assert_int_equal(store_each_event(store, fake.first_boot, count_unattributed, &n, NULL), 0);
	assert_int_equal(n, 1);
	key = xasprintf("note.crash.%lld", (long long)fake.first_boot);
	note = store_get_fact(store, key);
	assert_non_null(note);
	assert_non_null(strstr(note, "nobody is accused"));
	assert_non_null(strstr(note, TITLE));
}

/* A hang, and while the machine is looked at the text of another case comes. */
static void text_comes_while_judged(void **state)
{
	tell(&(struct story){.culprit = "b", .hang = "d", .judged = true, .class = CRASH_TASK},
	     "Pcptpp");
	/* And no other: nobody is accused, least of all the one that hung. */
	tell(&(struct story){.culprit = "b",
			     .hang = "d",
			     .judged = true,
			     .once = true,
			     .class = CRASH_TASK},
	     "ppptpp");
}

/* The one that hung is who brings the text, whenever it is looked at. */
static void text_of_the_hang_itself(void **state)
{
	tell(&(struct story){.culprit = "d", .hang = "d", .class = CRASH_TASK}, "PPPcpp");
}

/*
 * The text comes while d hangs, which would be accused of it, and says that it is older than c:
 * neither is asked alone, nor accused where nobody brings it again.
 */
static void the_text_says_when_it_began(void **state)
{
	struct story story = {.culprit = "b",
			      .late = 1,
			      .hang = "d",
			      .hang_once = true,
			      .judged = true,
			      .once = true,
			      .older = "c",
			      .class = CRASH_TASK};

	tell(&story, "pppppp");
	assert_string_equal(fake.alone, "ba");
	story.older = NULL;
	tell(&story, "pppppp");
	assert_string_equal(fake.alone, "dcba");
	story.older = "b";
	story.doubt = 2;
	tell(&story, "pppppp");
	assert_string_equal(fake.alone, "cba");
	story.doubt = 0;
	tell(&story, "pppppp");
	assert_string_equal(fake.alone, "a");
	story.older = "a";
	tell(&story, "pppppp");
	assert_string_equal(fake.alone, "");
	story.once = false;
	story.older = "c";
	tell(&story, "Pcpppp");
	assert_string_equal(fake.alone, "b");
}

/* What counts is the time, not the place in the list. */
static void runner_has_its_own_order(void **state)
{
	tell(&(struct story){.culprit = "b", .length = 1, .backwards = true, .class = CRASH_TASK},
	     "pcpppp");
}

static void hang_costs_one_machine(void **state)
{
	tell(&(struct story){.hang = "c"}, "PPTppp");
	assert_int_equal(fake.boots, 2);
}

/* Who kills the runner is broken, on a machine that is not used again, and nobody else. */
static void a_killed_runner_costs_its_killer(void **state)
{
	tell(&(struct story){.kills = "c"}, "PPbppp");
	assert_int_equal(fake.boots, 3);
	tell(&(struct story){.kills = "f"}, "PPPPPb");
	/* A runner that is killed whatever it does is no matter of its cases. */
	tell(&(struct story){.kills = "*"}, "bbbbbb");
	assert_int_equal(fake.boots, 4);
}

static void a_stopped_runner_costs_who_stopped_it(void **state)
{
	tell(&(struct story){.stops = "c"}, "pptppp");
	assert_int_equal(fake.boots, 3);
}

/* Where the guest's clock is slow a hang gets a second machine, and one only; nothing else does. */
static void a_second_chance(void **state)
{
	static const struct {
		struct story story;
		const char *want;
		unsigned int boots;
	} rows[] = {
		{{.hang = "c", .slow = true}, "PPtppp", 3},
		{{.hang = "c", .hang_once = true, .slow = true}, "PPpppp", 2},
		{{.hang = "c", .hang_once = true}, "PPTppp", 2},
		{{.hang = "c", .slow = true, .judged_as = VERDICT_LOST}, "PPLppp", 2},
		{{.hang = "c", .slow = true, .judged_as = VERDICT_CRASH}, "PPCppp", 2},
		{{.hang = "c", .slow = true, .judged_as = VERDICT_BROKEN}, "PPBppp", 2},
		{{.hang = "f", .hang_once = true, .slow = true}, "PPPPPp", 2},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tell(&rows[i].story, rows[i].want);
		assert_int_equal(fake.boots, rows[i].boots);
	}
}

/* Two fail; one of them was known to. */
static void known_failures_are_not_asked_again(void **state)
{
	const struct store_expected known = {.role = "kut",
					     .file = "known.yaml",
					     .name = "c",
					     .verdicts = "fail",
					     .owner = "o",
					     .reason = "r",
					     .issue = "#1",
					     .expires = "2999-12-31"};

	tell(&(struct story){.fail = "ce", .retries = 1}, "PPFPFP");
	assert_int_equal(fake.n_told, CASES + 2);
	assert_int_equal(fake.boots, 2);
	assert_int_equal(store_add_expected(store, &known, NULL), 0);
	tell(&(struct story){.fail = "ce", .retries = 1}, "PPFPFP");
	assert_int_equal(fake.n_told, CASES + 1);
	assert_string_equal(fake.told[CASES].name, "e");
	tell(&(struct story){.fail = "c", .retries = 1}, "PPFPPP");
	assert_int_equal(fake.n_told, CASES);
	assert_int_equal(fake.boots, 1);
}

/* ---- many cases ---- */

#define MANY (3 * CASES_AHEAD + 7)

static int first_of_many(void *arg, struct err *err)
{
	fake.many.read = 0;
	return 0;
}

static int next_of_many(void *arg, size_t waiting, char **ret_name, struct err *err)
{
	struct many *m = &fake.many;

	if (m->fails_at && m->read == m->fails_at)
		return err_set(err, EIO, "cannot read on");
	if (m->read == m->n || (m->batch && waiting && m->read % m->batch == 0))
		return 0;
	*ret_name = xasprintf("case %zu", m->read++);
	/* Of the first pass: those that are told are forgotten. */
	if (m->told < m->n && m->read - m->told > m->most)
		m->most = m->read - m->told;
	return 1;
}

static bool many_has_more(void *arg)
{
	return fake.many.promises || fake.many.read < fake.many.n;
}

static void many_answered(void *arg)
{
	fake.many.answered++;
}

static int ask_many_of(const struct story *story, const struct many *many)
{
	const struct case_runner runner = {.format = "fake",
					   .lags = story->kills,
					   .command = command,
					   .parser_new = parser_new,
					   .parser_feed = parser_feed,
					   .parser_free = parser_free,
					   .told = on_told};
	const struct case_source source = {
		.n = many->n,
		.rewind = first_of_many,
		.next = next_of_many,
		.has_more = many->batch ? many_has_more : NULL,
		.answered = many_answered,
	};
	struct cell cell;
	struct worker w = begin(story, &cell);
	struct err err = ERR_INIT;
	int r;

	fake.many = *many;
	r = caseset_run(&w, &source, &runner, &err);
	if (r < 0)
		assert_non_null(strstr(err.text, "cannot read on"));
	return r;
}

static int ask_many(const struct story *story, size_t fails_at)
{
	return ask_many_of(story, &(struct many){.n = MANY, .fails_at = fails_at});
}

/* What is in memory is not what there is. */
static void a_window_over_many(void **state)
{
	assert_int_equal(ask_many(&(struct story){.quick = true}, 0), 0);
	assert_int_equal(fake.many.of[VERDICT_PASS], MANY + 1);
	assert_in_range(fake.many.most, CASES_AHEAD, CASES_AHEAD + 64);
	assert_int_equal(fake.boots, 1);
}

/* None is forgotten, and none told twice: neither those behind a crash, nor those that a runner
 * which is killed again and again never gets to see. */
static void many_with_trouble(void **state)
{
	struct story story = {.culprit = "case 2000", .late = 3, .class = CRASH_TASK};

	assert_int_equal(ask_many(&story, 0), 0);
	assert_int_equal(fake.many.of[VERDICT_CRASH], 1);
	assert_int_equal(fake.many.of[VERDICT_PASS], MANY - 1 + 1);
	assert_int_equal(ask_many(&(struct story){.kills = "*"}, 0), 0);
	assert_int_equal(fake.many.of[VERDICT_BROKEN], MANY);
}

/* By what the store has of them: in one fresh machine, those that failed and no other. */
static void many_are_asked_again(void **state)
{
	const size_t failed = MANY / 10 + (MANY % 10 > 3);
	struct story story = {.fail = "3", .retries = 2, .quick = true};

	assert_int_equal(ask_many(&story, 0), 0);
	assert_int_equal(fake.many.of[VERDICT_FAIL], 3 * failed);
	assert_int_equal(fake.many.of[VERDICT_PASS], MANY - failed + 1);
	assert_int_equal(fake.boots, 3);
}

static void a_source_that_fails(void **state)
{
	assert_int_equal(ask_many(&(struct story){.quick = true}, CASES_AHEAD + 100), -EIO);
}

/* They are asked on the same machine, and the last ones get their answers though a part that was
 * quicker has taken what was promised. */
static void a_source_that_gives_little_at_a_time(void **state)
{
	struct many many = {.n = 35, .batch = 10};

	for (int i = 0; i < 2; i++) {
		many.promises = i == 1;
		assert_int_equal(ask_many_of(&(struct story){0}, &many), 0);
		assert_int_equal(fake.many.of[VERDICT_PASS], 35 + 1);
		assert_int_equal(fake.many.answered, 35);
		assert_int_equal(fake.boots, 1);
	}
}

static char dir[] = "/tmp/caseset-test-XXXXXX";

static int setup(void **state)
{
	return mkdtemp(dir) ? store_create(dir, &store, NULL) : -1;
}

static int teardown(void **state)
{
	store_close(store);
	return rm_rf(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_are_asked_again_after_a_late_text),
		cmocka_unit_test(unattributed),
		cmocka_unit_test(text_comes_while_judged),
		cmocka_unit_test(text_of_the_hang_itself),
		cmocka_unit_test(the_text_says_when_it_began),
		cmocka_unit_test(runner_has_its_own_order),
		cmocka_unit_test(hang_costs_one_machine),
		cmocka_unit_test(a_killed_runner_costs_its_killer),
		cmocka_unit_test(a_stopped_runner_costs_who_stopped_it),
		cmocka_unit_test(a_second_chance),
		cmocka_unit_test(known_failures_are_not_asked_again),
		cmocka_unit_test(a_window_over_many),
		cmocka_unit_test(many_with_trouble),
		cmocka_unit_test(many_are_asked_again),
		cmocka_unit_test(a_source_that_fails),
		cmocka_unit_test(a_source_that_gives_little_at_a_time),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
