/* SPDX-License-Identifier: MIT */
/*
 * Mutation: first each probe is asked honestly, and what it calls after its set-up is noted; then
 * it is asked once for each such call and each lie about it. One verdict per lie, in KTAP:
 *
 *	ok NAME/honest                 passes under the tracer; only then it is lied to
 *	ok NAME/CALL/LIE # time=       noticed: the probe did not pass, and says what it saw
 *	not ok NAME/CALL/LIE           survived: the probe passes, or looks away
 *	ok NAME/CALL/LIE # SKIP setup: the probe is broken, which is what it shall say when a call
 *	                               that its promise is not about misbehaves
 *	ok NAME/CALL/LIE # SKIP void:  the call was not made this time, so nobody was lied to
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "flight.h"
#include "mutant.h"

enum {
	EXIT_SURVIVED = 1,
	EXIT_USAGE = 2,
	EXIT_BROKEN = 3,
	MAX_MUTANTS = 16384,
	/* A mutant may take this many times as long as the honest probe, and never less than. */
	TIMES_HONEST = 10,
	LEAST_LIMIT_MS = 400,
	TRIES = 3,
};

enum state { UNKNOWN, NOTICED, SETUP, SURVIVED, VOID };

struct honest {
	struct probe *probe;
	enum flight_end end;
	uint64_t us;
	char reason[REASON_LEN];
	struct seen seen;
};

struct mutant {
	unsigned short honest, site;
	enum mutant_lie lie;
	atomic_int state;
	uint64_t us;
	char reason[REASON_LEN];
};

/* Shared by all workers. */
struct campaign {
	atomic_uint next;
	unsigned n, mutants;
	struct honest *honest;
	struct mutant mutant[MAX_MUTANTS];
};

static struct campaign *camp;
static const struct run_options *options;
static struct tracer tracer;

static void *map_shared(size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

/* ---- In the workers ----------------------------------------------------------------------- */

static enum flight_end fly(struct probe *probe, unsigned limit_ms, const struct call_filter *filter,
			   uint64_t *ret_us, char reason[REASON_LEN])
{
	struct run_options opt = {.scale = options->scale, .filter = filter};
	struct flight f = {.probe = probe, .limit_ms = limit_ms, .tracer = &tracer};
	enum flight_end end = flight_run(&f, &opt);

	*ret_us = f.end_us - f.start_us;
	snprintf(reason, REASON_LEN, "%s",
		 end == END_TIMED_OUT ? "the time limit passed" : shared->reason);
	return end;
}

static void see(unsigned i)
{
	struct honest *h = &camp->honest[i];
	struct seeing seeing = {.probe = h->probe, .seen = &h->seen};
	struct call_filter filter;

	for (int tries = 0; tries < TRIES; tries++) {
		memset(&h->seen, 0, sizeof(h->seen));
		mutant_see(&tracer, &seeing, &filter);
		h->end = fly(h->probe, flight_limit(h->probe, options), &filter, &h->us, h->reason);
		if (h->end == END_PASSED || h->end == END_SKIPPED)
			return;
	}
}

static unsigned mutant_limit(const struct honest *h)
{
	unsigned most = flight_limit(h->probe, options);
	uint64_t ms = h->us * TIMES_HONEST / 1000;
	uint64_t least = (uint64_t)(LEAST_LIMIT_MS * options->scale);

	if (ms < least)
		ms = least;
	return ms < most ? (unsigned)ms : most;
}

/* A probe that calls itself broken is right, unless it is its own call that lies. */
static enum state judge(enum flight_end end, const struct site *site, unsigned struck)
{
	if (!struck)
		return VOID;
	if (end == END_BROKEN && !site->own)
		return SETUP;
	return end == END_FAILED || end == END_TIMED_OUT ? NOTICED : SURVIVED;
}

static void lie(unsigned i)
{
	static const char *const looks_away[] = {
		[END_PASSED] = "the probe passes",
		[END_BROKEN] = "the probe calls itself broken",
		[END_SKIPPED] = "the probe skips",
	};
	struct mutant *m = &camp->mutant[i];
	struct honest *h = &camp->honest[m->honest];
	struct lying lying = {.site = &h->seen.site[m->site], .lie = m->lie};
	struct call_filter filter;
	char said[REASON_LEN];
	enum flight_end end = END_BROKEN;
	enum state state;

	/* A time that ran out before the lie was told says nothing. */
	for (unsigned limit = mutant_limit(h), tries = 0; tries < TRIES; tries++) {
		mutant_lie(&tracer, &lying, &filter);
		end = fly(h->probe, limit, &filter, &m->us, said);
		if (lying.struck || end != END_TIMED_OUT)
			break;
		limit *= 4;
	}
	state = judge(end, lying.site, lying.struck);
	if (state == SURVIVED)
		snprintf(m->reason, REASON_LEN, "%s%s%.200s", looks_away[end], *said ? ": " : "",
			 said);
	else
		memcpy(m->reason, said, REASON_LEN);
	atomic_store(&m->state, state);
}

static void work(void (*job)(unsigned i), unsigned n, int done_fd)
{
	sigset_t chld;
	unsigned i;

	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (shared_map())
		_exit(EXIT_BROKEN);
	while ((i = atomic_fetch_add(&camp->next, 1)) < n) {
		job(i);
		if (write(done_fd, "", 1) != 1)
			_exit(EXIT_BROKEN);
	}
	_exit(0);
}

/* ---- In the first process ----------------------------------------------------------------- */

/* Does n jobs side by side; after each, tells that something was done. */
static int work_all(void (*job)(unsigned i), unsigned n, void (*tell)(void))
{
	int done[2];
	char c;

	if (pipe(done))
		return -1;
	atomic_store(&camp->next, 0);
	for (unsigned i = 0; i < options->jobs && i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0) {
			close(done[0]);
			work(job, n, done[1]);
		}
	}
	close(done[1]);
	while (read(done[0], &c, 1) == 1)
		if (tell)
			tell();
	close(done[0]);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

static void list_mutants(void)
{
	for (unsigned i = 0; i < camp->n; i++) {
		const struct honest *h = &camp->honest[i];

		for (unsigned s = 0; h->end == END_PASSED && s < h->seen.n; s++)
			for (int l = 0; l < MUTANT_LIES && camp->mutants < MAX_MUTANTS; l++)
				if (mutant_applies(&h->seen.site[s], (enum mutant_lie)l))
					camp->mutant[camp->mutants++] =
						(struct mutant){.honest = (unsigned short)i,
								.site = (unsigned short)s,
								.lie = (enum mutant_lie)l};
	}
}

static unsigned told, survived, broken;

static void tell_honest(const struct honest *h)
{
	char name[PROBE_MAX_NAME + 16];
	unsigned long long us = h->us;

	snprintf(name, sizeof(name), "%s/honest", h->probe->name);
	ktap_line("# begin %s limit=%u", name, flight_limit(h->probe, options));
	told++;
	if (h->end == END_PASSED && !h->seen.lost) {
		ktap_line("ok %u %s # time=%llu", told, name, us);
	} else if (h->end == END_SKIPPED) {
		ktap_line("ok %u %s # SKIP %s", told, name, h->reason);
	} else {
		broken++;
		ktap_line("not ok %u %s # BROKEN under the tracer: %s", told, name,
			  h->seen.lost ? "more kinds of calls than there is room for" : h->reason);
	}
}

static void tell_mutant(const struct mutant *m)
{
	const struct honest *h = &camp->honest[m->honest];
	char name[128], call[64];
	unsigned long long us = m->us;

	callname_text(&h->seen.site[m->site].call, call, sizeof(call));
	snprintf(name, sizeof(name), "%.50s/%s/%s", h->probe->name, call, mutant_lie_name(m->lie));
	ktap_line("# begin %s limit=%u", name, mutant_limit(h));
	told++;
	switch (atomic_load(&m->state)) {
	case NOTICED:
		ktap_line("ok %u %s # time=%llu %s", told, name, us, m->reason);
		break;
	case SETUP:
		ktap_line("ok %u %s # SKIP setup: %s", told, name, m->reason);
		break;
	case VOID:
		ktap_line("ok %u %s # SKIP void: the call was not made", told, name);
		break;
	case SURVIVED:
		survived++;
		ktap_line("not ok %u %s # time=%llu %s", told, name, us, m->reason);
		break;
	default:
		broken++;
		ktap_line("not ok %u %s # BROKEN nobody came to ask it", told, name);
	}
}

/* In order: what is known, up to the first that is not. */
static void tell_known(void)
{
	while (told - camp->n < camp->mutants &&
	       atomic_load(&camp->mutant[told - camp->n].state) != UNKNOWN)
		tell_mutant(&camp->mutant[told - camp->n]);
}

static int campaign_new(struct probe *first, unsigned n)
{
	camp = map_shared(sizeof(*camp));
	if (!camp)
		return -1;
	camp->honest = map_shared(n * sizeof(*camp->honest));
	if (!camp->honest)
		return -1;
	for (struct probe *p = first; p; p = p->next)
		camp->honest[camp->n++].probe = p;
	return 0;
}

int mutate_run(char *const patterns[], const struct run_options *opt)
{
	unsigned n;
	struct probe *first = registry_choose(patterns, &n);

	options = opt;
	if (!first)
		return EXIT_USAGE;
	if (campaign_new(first, n) || work_all(see, camp->n, NULL)) {
		fprintf(stderr, "probes: %s\n", errno_name(errno));
		return EXIT_BROKEN;
	}
	list_mutants();
	ktap_line("KTAP version 1");
	ktap_line("1..%u", camp->n + camp->mutants);
	for (unsigned i = 0; i < camp->n; i++)
		tell_honest(&camp->honest[i]);
	if (work_all(lie, camp->mutants, tell_known))
		fprintf(stderr, "probes: %s\n", errno_name(errno));
	while (told < camp->n + camp->mutants)
		tell_mutant(&camp->mutant[told - camp->n]);
	return survived ? EXIT_SURVIVED : broken ? EXIT_BROKEN : 0;
}
