/* SPDX-License-Identifier: MIT */
#include "inside.h"
#include "mutant.h"

enum {
	/* No call any probe makes answers these. */
	WRONG_ERRNO = EXDEV,
	OTHER_ERRNO = EDOM,
	WRONG_FD = STDIN_FILENO, /* a probe's is an empty pipe of its own */
};

static const char *const lie_names[MUTANT_LIES] = {
	[MUTANT_ENOSYS] = "enosys", [MUTANT_NOOP] = "noop", [MUTANT_ERRNO] = "errno",
	[MUTANT_SHORT] = "short",   [MUTANT_FD] = "fd",
};

const char *mutant_lie_name(enum mutant_lie lie)
{
	return lie_names[lie];
}

bool mutant_applies(const struct site *site, enum mutant_lie lie)
{
	enum gives gives = callname_gives(&site->call);

	switch (lie) {
	case MUTANT_NOOP:
		return gives == GIVES_VALUE ? site->positive : gives != GIVES_CHILD;
	case MUTANT_SHORT:
		return gives == GIVES_COUNT && site->positive;
	case MUTANT_FD:
		return (gives == GIVES_FD || gives == GIVES_PAIR) && site->seen > site->failed;
	default:
		return true;
	}
}

bool mutant_is_own(const struct probe *probe, long nr, const uint64_t arg[6])
{
	for (int i = 0; i < PROBE_MAX_CALLS && probe->call[i].used; i++) {
		const struct probe_call *c = &probe->call[i];
		bool same = c->nr == nr;

		for (int m = 0; m < c->matches; m++)
			same = same && (uint32_t)arg[c->match[m].arg] == c->match[m].value;
		if (same)
			return true;
	}
	return false;
}

static bool is_asking(void)
{
	return atomic_load(&shared->phase) == PHASE_RUN;
}

/* ---- Seeing ------------------------------------------------------------------------------- */

static struct site *site_of(struct seen *seen, const struct callsite *call)
{
	for (unsigned i = 0; i < seen->n; i++)
		if (callname_same(&seen->site[i].call, call))
			return &seen->site[i];
	if (seen->n == SITES) {
		seen->lost++;
		return NULL;
	}
	seen->site[seen->n] = (struct site){.call = *call};
	return &seen->site[seen->n++];
}

static enum tracer_wish see_call(void *arg, struct call *call)
{
	struct seeing *s = arg;
	bool own = mutant_is_own(s->probe, call->nr, call->arg);
	struct callsite at = callname_site(call->nr, call->arg);
	struct site *site;

	if (!is_asking() || (!own && callname_exempt(call->nr, call->arg)))
		return TRACER_PASS;
	site = site_of(s->seen, &at);
	if (!site)
		return TRACER_PASS;
	site->own |= own;
	site->seen++;
	return TRACER_WATCH;
}

static void see_return(void *arg, struct call *call)
{
	struct seeing *s = arg;
	struct callsite at = callname_site(call->nr, call->arg);
	struct site *site = site_of(s->seen, &at);

	if (!site)
		return;

	bool failed = call->result < 0 && call->result >= -4095;

	site->failed += failed;
	site->positive += call->result > 0;
	if (site->values < SITE_VALUES)
		site->value[site->values++] = failed ? 0 : call->result;
}

void mutant_see(struct tracer *t, struct seeing *seeing, struct call_filter *ret_filter)
{
	t->on_call = see_call;
	t->on_return = see_return;
	t->arg = seeing;
	*ret_filter = (struct call_filter){
		.all_but = true, .n = 2, .nr = {SYS_rt_sigreturn, SYS_restart_syscall}};
}

/* ---- Lying -------------------------------------------------------------------------------- */

static bool is_signalling(long nr)
{
	return nr == SYS_kill || nr == SYS_tkill || nr == SYS_tgkill;
}

/* A probe that believes a lie may aim at a process that is none of its own. */
static bool would_stray(const struct tracer *t, const struct call *call)
{
	pid_t pid = (pid_t)call->arg[0];
	int sig = (int)call->arg[call->nr == SYS_tgkill ? 2 : 1];

	if (!is_signalling(call->nr) || sig == 0 || pid == 0)
		return false;
	if (pid > 0)
		return !tracer_holds(t, pid);
	return pid == -1 || !tracer_holds_group(t, -pid);
}

static long noop_answer(struct lying *l)
{
	const struct site *site = l->site;
	enum gives gives = callname_gives(&site->call);
	unsigned turn = l->turn++;

	if (gives == GIVES_PID || gives == GIVES_VALUE || !site->values)
		return 0;
	return site->value[turn < site->values ? turn : site->values - 1];
}

static enum tracer_wish lie_call(void *arg, struct call *call)
{
	struct lying *l = arg;
	struct callsite at;

	if (would_stray(l->tracer, call)) {
		call->result = -ESRCH;
		return TRACER_ANSWER;
	}
	at = callname_site(call->nr, call->arg);
	if (!is_asking())
		return TRACER_PASS;
	/* A library that goes around a missing call meets the same there. */
	if (l->lie == MUTANT_ENOSYS && call->nr != l->site->call.nr &&
	    call->nr == callname_older(l->site->call.nr)) {
		call->result = -ENOSYS;
		return TRACER_ANSWER;
	}
	if (!callname_same(&at, &l->site->call))
		return TRACER_PASS;
	switch (l->lie) {
	case MUTANT_ENOSYS:
		call->result = -ENOSYS;
		break;
	case MUTANT_NOOP:
		call->result = noop_answer(l);
		break;
	case MUTANT_ERRNO:
		if (l->site->failed)
			return TRACER_WATCH;
		call->result = -WRONG_ERRNO;
		break;
	default:
		return TRACER_WATCH;
	}
	l->struck++;
	return TRACER_ANSWER;
}

/* Both ends are the same one. */
static bool fold_pair(const struct callsite *at, const struct call *call)
{
	uint64_t addr = call->arg[callname_pair_arg(at)];
	int first;

	return tracer_peek_int(call->pid, addr, &first) == 0 &&
	       tracer_poke_int(call->pid, addr + sizeof(int), first) == 0;
}

static void lie_return(void *arg, struct call *call)
{
	struct lying *l = arg;
	long truth = call->result;

	if (l->lie == MUTANT_ERRNO && truth < 0)
		call->result = truth == -WRONG_ERRNO ? -OTHER_ERRNO : -WRONG_ERRNO;
	else if (l->lie == MUTANT_SHORT && truth > 0)
		call->result = truth - 1;
	else if (l->lie == MUTANT_FD && truth >= 0 && callname_gives(&l->site->call) == GIVES_PAIR)
		l->struck += fold_pair(&l->site->call, call);
	else if (l->lie == MUTANT_FD && truth >= 0)
		call->result = WRONG_FD;
	l->struck += call->result != truth;
}

void mutant_lie(struct tracer *t, struct lying *lying, struct call_filter *ret_filter)
{
	t->on_call = lie_call;
	t->on_return = lie_return;
	t->arg = lying;
	lying->tracer = t;
	lying->struck = lying->turn = 0;
	*ret_filter =
		(struct call_filter){.n = 5,
				     .nr = {(int)lying->site->call.nr, SYS_kill, SYS_tkill,
					    SYS_tgkill, (int)callname_older(lying->site->call.nr)}};
}
