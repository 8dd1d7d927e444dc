/* SPDX-License-Identifier: MIT */
#include "run/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/usage.h"
#include "diagnose/crash.h"
#include "machine/machine.h"
#include "run/progress.h"

/* Ceilings on what one result says. */
#define REASON_MAX 2000
#define DETAIL_MAX (256u << 10)

static enum machine_accel accel_of(const char *word)
{
	if (word && strcmp(word, "kvm") == 0)
		return ACCEL_KVM;
	if (word && strcmp(word, "tcg") == 0)
		return ACCEL_TCG;
	return ACCEL_AUTO;
}

static void tell_hello(const struct guest *g)
{
	const char *release = chan_fact(g->chan, "release");
	char text[160];

	snprintf(text, sizeof(text), "%s%.0f ms, %s, %s", g->booted_us ? "woken: " : "",
		 (double)g->hello_us / 1000, machine_accel_used(g->machine),
		 release ? release : "unknown release");
	progress_hello(text);
}

static int boot(struct worker *w, const struct guest_spec *spec, const char *why,
		struct guest **ret_guest, struct err *err)
{
	const struct cell *c = w->cell;
	struct guest_spec own = *spec;
	struct seed *seed = NULL;
	int r = c->seed ? seed_load(c->seed, c->keys_dir, &seed, err) : 0;

	if (r < 0)
		return r;
	own.seed = seed;
	if (!w->silent)
		progress_boot(why);
	w->boots++;
	r = guest_boot(&own, ret_guest, err);
	seed_free(seed);
	return r;
}

int worker_boot(struct worker *w, const char *why, const uint16_t *forward,
		struct guest **ret_guest, enum verdict *ret_verdict, struct strbuf *reason,
		struct strbuf *detail, struct err *err)
{
	const struct cell *c = w->cell;
	const struct guest_spec spec = {
		.loop = w->loop,
		.store = w->store,
		.cell = c->id,
		.lane = c->lane,
		.kernel = c->kernel,
		.initrd = c->initrd,
		.disk = c->disk,
		.profile = c->profile,
		.append = c->append,
		.cpus = (unsigned int)c->cpus,
		.keys_dir = c->keys_dir,
		.forward = forward,
		.accel = accel_of(c->accel),
		.pace = (double)c->pace_percent / 100,
		.settle_ms = (unsigned int)c->settle_ms,
		.boot_limit_us = (uint64_t)c->boot_limit_s * SEC,
		.gdb = w->gdb,
		.snapshots = c->snapshot && !w->silent,
		.on_console = w->on_console,
		.arg = w->arg,
	};
	struct guest *g = NULL;
	int r;

	r = boot(w, &spec, why, &g, err);
	if (r == 0) {
		if (!w->silent)
			tell_hello(g);
		*ret_guest = g;
		return 0;
	}
	if (!g)
		return r;
	*ret_verdict = guest_judge(g, reason, detail);
	if (crash_is_no_root(strbuf_str(reason)) && machine_profile_disk(c->profile))
		strbuf_addf(reason, "; on this machine the disk is on %s",
			    machine_profile_disk(c->profile));
	guest_free(g);
	return -ENODEV;
}

int worker_run(const struct cell *cell, struct err *err)
{
	struct worker w = {.cell = cell};
	int r = loop_new(&w.loop, err);

	if (r == 0)
		r = loop_catch_signals(w.loop, err);
	if (r == 0)
		r = store_open(cell->run_dir, true, &w.store, err);
	if (r == 0)
		r = cell->file	  ? worker_scenario(&w, err)
		    : cell->suite ? worker_suite(&w, err)
				  : worker_probes(&w, err);
	if (w.store)
		store_add_metric(w.store, cell->id, "peak", (double)usage_peak_kib(), "KiB", NULL);
	store_close(w.store);
	loop_free(w.loop);
	if (r == 0)
		progress_end();
	return r;
}
