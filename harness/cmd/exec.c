/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "cmd/args.h"
#include "cmd/single.h"
#include "wire/escape.h"

/* What one program may say, and be. */
#define OUTPUT_MAX  (4u << 20)
#define PROGRAM_MAX (64u << 20)
#define GUEST_PATH  "/tmp/harness-exec"
#define PUT_LIMIT   (120 * SEC)

enum { OPT_BOTH = 1000, OPT_LIMIT };

struct request {
	struct session session;
	bool both;
	long limit_s;
	char **argv; /* program and arguments */
};

/* What came of the program on one kernel. */
struct outcome {
	const char *label;
	bool ran;
	int status;
	struct strbuf out, err, fate; /* fate: crash, hang or why it did not run */
	enum verdict verdict;
	struct single single;
};

static const struct argp_option options[] = {
	{"both", OPT_BOTH, NULL, 0, "on the reference kernel too, and compare"},
	{"limit", OPT_LIMIT, "SECONDS", 0,
	 "limit for the program on a machine of the reference's speed (10)"},
	{0},
};
static const struct argp_child children[] = {{&args_boot, 0, "", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &r->session;
		return 0;
	case OPT_BOTH:
		r->both = true;
		return 0;
	case OPT_LIMIT:
		r->limit_s = args_number(arg, 1, 3600, state, "--limit");
		return 0;
	case ARGP_KEY_ARG:
		/* Everything from the program on is its own. */
		r->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "name a static program");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void judge(struct single *s, struct outcome *o)
{
	_cleanup_(strbuf_release) struct strbuf detail = STRBUF_INIT(256u << 10);
	_cleanup_(strbuf_release) struct strbuf reason = STRBUF_INIT(2000);

	o->verdict = guest_judge(s->guest, &reason, &detail);
	strbuf_addf(&o->fate, "%s: %s", verdict_name(o->verdict), strbuf_str(&reason));
}

static void run_program(struct single *s, const struct request *req, const struct strbuf *program,
			struct outcome *o)
{
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct chan_exec exec = {
		.limit_ms = (uint64_t)((double)req->limit_s * 1000 * s->guest->slowdown)};
	struct err err = ERR_INIT;
	int r;

	strv_push(&argv, GUEST_PATH);
	strv_push_all(&argv, req->argv + 1);
	exec.argv = argv.v;
	r = chan_put(s->guest->chan, GUEST_PATH, program->buf, program->len, 0755,
		     guest_deadline(s->guest, PUT_LIMIT), &err);
	if (r == 0) {
		struct deadline d = deadline_in(exec.limit_ms * MSEC + 3 * SEC);

		r = chan_run(s->guest->chan, &exec, &o->out, &o->err, &o->status, d, &err);
		o->ran = r == 0;
	}
	guest_settle(s->guest);
	o->verdict = r < 0 ? VERDICT_BROKEN : o->status ? VERDICT_FAIL : VERDICT_PASS;
	if (s->guest->crashes) {
		o->verdict = VERDICT_CRASH;
		strbuf_addf(&o->fate, "crash (%s): %s",
			    crash_class_name(s->guest->last_crash.class),
			    s->guest->last_crash.title);
	} else if (r == -EPIPE || r == -ETIMEDOUT || s->guest->dead) {
		judge(s, o);
	} else if (r < 0) {
		strbuf_addstr(&o->fate, err.text);
	}
}

static int tell(struct outcome *o, struct store *store, char *const *words, struct err *err)
{
	char text[64];
	const char *reason = o->fate.len || o->verdict == VERDICT_PASS
				     ? strbuf_str(&o->fate)
				     : proc_status_text(o->status, text, sizeof(text));

	return single_tell(&o->single, store, o->verdict, reason, words, err);
}

static int on_kernel(const struct request *req, struct store *store, const struct strbuf *program,
		     struct outcome *o, struct err *err)
{
	struct single *s = &o->single;
	int r = single_boot(s, store, err);

	if (r == -ENODEV) {
		o->verdict = s->verdict;
		strbuf_addf(&o->fate, "did not boot: %s: %s", verdict_name(s->verdict),
			    strbuf_str(&s->reason));
		r = 0;
	} else if (r == 0) {
		run_program(s, req, program, o);
	}
	if (r == 0)
		r = tell(o, store, req->argv, err);
	single_release(s);
	return r;
}

static int to_stdout(void *arg, const char *data, size_t n)
{
	return fwrite(data, 1, n, stdout) == n ? 0 : -EIO;
}

static void show_stream(const char *name, const struct strbuf *sb)
{
	const struct sink out = {.write = to_stdout};
	const char *p = strbuf_str(sb);

	while (*p) {
		size_t n = strcspn(p, "\n");

		printf("  %s| ", name);
		escape_write(&out, ESCAPE_TEXT, p, n);
		putchar('\n');
		p += n + (p[n] != '\0');
	}
}

static void show(const struct outcome *o)
{
	_autofree_ char *fate = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, strbuf_str(&o->fate));
	char text[64];

	printf("%s: %s\n", o->label,
	       o->ran ? proc_status_text(o->status, text, sizeof(text)) : "no end");
	if (*fate)
		printf("  ! %s\n", fate);
	show_stream("out", &o->out);
	show_stream("err", &o->err);
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->ran && b->ran && a->status == b->status && !a->fate.len && !b->fate.len &&
	       strcmp(strbuf_str(&a->out), strbuf_str(&b->out)) == 0 &&
	       strcmp(strbuf_str(&a->err), strbuf_str(&b->err)) == 0;
}

static int verdict_of(const struct request *req, const struct outcome *o, size_t n)
{
	bool good = true;

	for (size_t i = 0; i < n; i++) {
		show(&o[i]);
		if (verdict_is_infra(o[i].verdict))
			return 3;
		good = good && o[i].ran && o[i].status == 0 && !o[i].fate.len;
	}
	if (n == 2)
		good = same(&o[0], &o[1]);
	if (n == 2)
		printf("%s\n", good ? "same" : "they differ");
	return good || req->session.no_gate ? 0 : 1;
}

static int plan_on(struct outcome *o, bool kut, const struct request *req, struct loop *loop,
		   struct err *err)
{
	o->label = kut ? "kernel under test" : "reference";
	strbuf_init(&o->out, OUTPUT_MAX);
	strbuf_init(&o->err, OUTPUT_MAX);
	strbuf_init(&o->fate, 4000);
	return single_plan(&o->single, loop, &req->session, kut, "exec", err);
}

static void outcome_release(struct outcome *o)
{
	single_release(&o->single);
	strbuf_release(&o->out);
	strbuf_release(&o->err);
	strbuf_release(&o->fate);
}

static int execute(struct request *req, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf program = STRBUF_INIT(PROGRAM_MAX);
	bool kut = req->session.request.kernel != NULL;
	struct outcome o[2] = {0};
	struct store *store = NULL;
	struct loop *loop = NULL;
	size_t n = 0;
	int r = file_read(req->argv[0], &program, err);

	if (r < 0)
		err->kind = ERR_USAGE;
	if (r == 0)
		r = single_loop(&loop, err);
	if (r == 0 && kut)
		r = plan_on(&o[n++], true, req, loop, err);
	if (r == 0 && (req->both || !kut))
		r = plan_on(&o[n++], false, req, loop, err);
	if (r == 0)
		r = single_open(&req->session, &store, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = on_kernel(req, store, &program, &o[i], err);
	if (r == 0) {
		store_set_fact(store, "state", "finished", NULL);
		r = verdict_of(req, o, n);
		fprintf(stderr, "evidence: %s\n", store_dir(store));
	}
	for (size_t i = 0; i < n; i++)
		outcome_release(&o[i]);
	store_close(store);
	loop_free(loop);
	return r;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "PROGRAM [ARGUMENT…]",
		.doc = "Run a static program on the kernel under test (and, with --both, on the "
		       "reference), and show "
		       "output, status and crash of each.",
		.children = children,
	};
	struct request req = {.limit_s = 10};
	struct err err = ERR_INIT;
	int r;

	session_init(&req.session);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &req);
	r = execute(&req, &err);
	session_release(&req.session);
	return r < 0 ? verb_fail(&err) : r;
}

const struct verb verb_exec = {
	.name = "exec",
	.brief = "run a static program on the kernel (and the reference), side by side",
	.run = run,
};
