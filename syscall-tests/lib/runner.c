/* SPDX-License-Identifier: MIT */
/* Runs probes one after the other and prints a verdict for each. */
#include <stdio.h>
#include <sys/prctl.h>

#include "flight.h"

enum {
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_BROKEN = 3,
};

struct tally {
	unsigned failed, broken;
};

static void report(const struct flight *f, enum flight_end end, struct tally *tally)
{
	const char *name = f->probe->name;
	unsigned long long us = now_us() - f->start_us;

	ktap_notes(name, shared->notes, NOTES_LEN);
	switch (end) {
	case END_TIMED_OUT:
		if (atomic_load(&shared->phase) < PHASE_RUN)
			ktap_line("# %s: the limit passed in set-up", name);
		tally->failed++;
		ktap_line("not ok %u %s # TIMEOUT after %u", f->index, name, f->limit_ms);
		break;
	case END_PASSED:
		ktap_line("ok %u %s # time=%llu", f->index, name, us);
		break;
	case END_SKIPPED:
		ktap_line("ok %u %s # SKIP %s", f->index, name, shared->reason);
		break;
	case END_BROKEN:
		tally->broken++;
		ktap_line("not ok %u %s # BROKEN %s", f->index, name, shared->reason);
		break;
	case END_FAILED:
		tally->failed++;
		ktap_line("not ok %u %s # time=%llu %s", f->index, name, us, shared->reason);
		break;
	}
}

static void run_probe(struct probe *probe, unsigned index, const struct run_options *opt,
		      struct tally *tally)
{
	struct flight f = {.probe = probe, .index = index, .limit_ms = flight_limit(probe, opt)};

	/* Together with the verdict of the one before. */
	ktap_line("# begin %s limit=%u at=%llu", probe->name, f.limit_ms,
		  (unsigned long long)now_us());
	ktap_flush();

	enum flight_end end = flight_run(&f, opt);

	ktap_gather();
	report(&f, end, tally);
}

int runner_run(char *const patterns[], const struct run_options *opt)
{
	struct tally tally = {0};
	unsigned count, index = 0;
	struct probe *first = registry_choose(patterns, &count);

	if (!first)
		return EXIT_USAGE;
	if (shared_map()) {
		fprintf(stderr, "probes: no shared memory: %s\n", errno_name(errno));
		return EXIT_BROKEN;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	ktap_line("KTAP version 1");
	ktap_line("1..%u", count);
	for (struct probe *p = first; p; p = p->next)
		run_probe(p, ++index, opt, &tally);
	ktap_flush();
	return tally.failed ? EXIT_FAILED : tally.broken ? EXIT_BROKEN : 0;
}

/* ---- In one process, for strace and gdb --------------------------------------------------- */

static struct flight one;

static void one_end(void)
{
	struct tally tally = {0};

	report(&one, flight_judge(&one), &tally);
	if (shared->tmpdir[0])
		tmpdir_remove(shared->tmpdir);
	_exit(tally.failed ? EXIT_FAILED : tally.broken ? EXIT_BROKEN : 0);
}

int runner_one(struct probe *probe, const struct run_options *opt)
{
	if (shared_map()) {
		fprintf(stderr, "probes: no shared memory: %s\n", errno_name(errno));
		return EXIT_BROKEN;
	}
	one = (struct flight){.probe = probe, .index = 1, .limit_ms = flight_limit(probe, opt)};
	shared_reset(one.limit_ms);
	one.start_us = now_us();
	probe_on_end = one_end;
	ktap_line("KTAP version 1");
	ktap_line("1..1");
	ktap_line("# begin %s limit=%u", probe->name, one.limit_ms);
	flight_plain_process();
	flight_ask(probe, opt);
	return EXIT_BROKEN;
}
