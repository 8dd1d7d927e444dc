/* SPDX-License-Identifier: MIT */
#include "step/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "diagnose/hang.h"
#include "diagnose/symbol.h"

#define PING_LIMIT  SEC
#define LOOKS	    8
#define LOOKS_LIMIT (800 * MSEC)
#define LOOK_GAP    (60 * MSEC)
#define LOOK_LIMIT  (500 * MSEC)
#define MAX_CPUS    8
#define WINDOW	    (10 * SEC)
#define CLOCK_SPAN  (2 * SEC) /* less tells nothing of a clock */
/* Seconds of the guest's clock in one of the host's, below which a limit and its grace are not
 * enough for a runner to notice. */
#define SLOW_CLOCK 0.8
/* After hello: there are heartbeats enough to know a clock by, of any that is not slow. */
#define BEATS_SURE    (4 * SEC)
#define ANNOTATED_MAX (128 * 1024)

/* What is looked at once the guest is under suspicion. */
struct look {
	struct hang_sample samples[LOOKS * MAX_CPUS];
	struct symbol names[LOOKS * MAX_CPUS];
	struct hang_evidence e;
	char state, run_state[32];
};

void watch_init(struct watch_facts *f)
{
	*f = (struct watch_facts){0};
}

void watch_release(struct watch_facts *f)
{
	pulse_free(f->pulse);
	f->pulse = NULL;
}

void watch_start(struct watch_facts *f, struct loop *loop, struct machine *m)
{
	f->pulse = pulse_new(loop, machine_pid(m));
}

void watch_heartbeat(struct watch_facts *f, uint64_t uptime_ms, uint64_t mem_free_kib)
{
	f->beats[f->heartbeats++ % WATCH_BEATS] =
		(struct watch_beat){.host_us = now_us(), .guest_ms = uptime_ms};
	f->mem_free_kib = mem_free_kib;
}

double watch_guest_clock(const struct watch_facts *f)
{
	uint64_t kept = f->heartbeats < WATCH_BEATS ? f->heartbeats : WATCH_BEATS;
	const struct watch_beat *first, *last;

	if (kept < 2)
		return 0;
	first = &f->beats[(f->heartbeats - kept) % WATCH_BEATS];
	last = &f->beats[(f->heartbeats - 1) % WATCH_BEATS];
	if (last->host_us - first->host_us < CLOCK_SPAN || last->guest_ms < first->guest_ms)
		return 0;
	return (double)(last->guest_ms - first->guest_ms) * 1000 /
	       (double)(last->host_us - first->host_us);
}

bool watch_clock_is_slow(const struct watch_facts *f, uint64_t since_hello_us)
{
	double clock = watch_guest_clock(f);

	/* So long without beats to tell by is the work of a clock that is slower still. */
	return clock > 0 ? clock < SLOW_CLOCK : since_hello_us > BEATS_SURE;
}

uint64_t watch_stalled(const struct watch_facts *f)
{
	struct pulse_sum sum = pulse_sum(f->pulse, UINT64_MAX);

	return sum.waited_us + (sum.stopped ? sum.window_us : 0);
}

static bool look_once(struct look *l, struct machine *m)
{
	struct machine_cpu_sample cpus[MAX_CPUS];
	size_t n = MAX_CPUS;

	if (machine_sample_cpus(m, cpus, &n, deadline_in(LOOK_LIMIT), NULL) < 0)
		return false;
	for (size_t i = 0; i < n && l->e.n_samples < ARRAY_SIZE(l->samples); i++)
		l->samples[l->e.n_samples++] = (struct hang_sample){
			.rip = cpus[i].rip, .cpu = cpus[i].cpu, .halted = cpus[i].halted};
	l->e.samples = l->samples;
	return true;
}

static void look_at_cpus(struct look *l, const struct watch_facts *f, struct loop *loop,
			 struct machine *m)
{
	uint64_t start = now_us(), before, late;
	struct pulse_sum sum;

	for (int i = 0; i < LOOKS && now_us() - start < LOOKS_LIMIT; i++) {
		if (!look_once(l, m))
			break;
		before = now_us();
		if (loop_wait(loop, NULL, NULL, deadline_in(LOOK_GAP)) == -EINTR)
			break;
		late = now_us() - before;
		late = late > LOOK_GAP ? late - LOOK_GAP : 0;
		if (late > l->e.host_lag_us)
			l->e.host_lag_us = late;
	}
	sum = pulse_sum(f->pulse, now_us() - start);
	if (sum.window_us)
		l->e.qemu_cpu_share = (double)sum.cpu_us / (double)sum.window_us;
}

static struct symbol_file *open_symbols(const char *kernel)
{
	struct symbol_file *file = NULL;

	return kernel && symbol_open(kernel, &file, NULL) == 0 ? file : NULL;
}

/* A kernel without symbols is judged by its addresses. */
static void name_samples(struct look *l, const char *kernel)
{
	struct symbol_file *file = open_symbols(kernel);

	if (!file)
		return;
	for (size_t i = 0; i < l->e.n_samples; i++)
		if (symbol_lookup(file, l->samples[i].rip, &l->names[i]) == 0)
			l->samples[i].function = l->names[i].function;
	symbol_close(file);
}

static void tell_samples(const struct look *l, struct strbuf *detail)
{
	for (size_t i = 0; i < l->e.n_samples; i++) {
		strbuf_addf(detail, "CPU %u: 0x%llx%s", l->samples[i].cpu,
			    (unsigned long long)l->samples[i].rip,
			    l->samples[i].halted ? ", halted" : "");
		if (l->samples[i].function)
			strbuf_addf(detail, ", %s+%llu", l->names[i].function,
				    (unsigned long long)l->names[i].offset);
		if (*l->names[i].file)
			strbuf_addf(detail, " at %s:%u", l->names[i].file, l->names[i].line);
		strbuf_addch(detail, '\n');
	}
}

/* What QEMU says about itself; true: it runs the guest, so that looking at its CPUs tells
 * something. */
static bool ask_machine(struct look *l, struct machine *m)
{
	if (machine_run_state(m, l->run_state, sizeof(l->run_state), deadline_in(LOOK_LIMIT),
			      NULL) < 0)
		return false;
	l->e.held = strcmp(l->run_state, "running") != 0;
	return !l->e.held;
}

static void look_at_host(struct look *l, const struct watch_facts *f, struct machine *m)
{
	struct pulse_sum sum = pulse_sum(f->pulse, WINDOW);

	l->e.window_us = sum.window_us;
	l->e.cpu_us = sum.cpu_us;
	l->e.waited_us = sum.waited_us;
	l->e.looks = sum.samples;
	l->e.looks_stopped = sum.stopped;
	l->state = pulse_state(machine_pid(m));
	l->e.stopped = l->state == 'T' || l->state == 't';
	l->e.channel_closed = !machine_channel_open(m);
	l->e.guest_clock = watch_guest_clock(f);
}

/* Ask, and count what comes meanwhile. */
static void ask(struct look *l, const struct watch_facts *f, struct loop *loop, struct machine *m,
		struct chan *c)
{
	uint64_t start = now_us(), console = f->console_bytes, beats = f->heartbeats;
	struct chan_counters before = {0}, after = {0};

	if (c) {
		chan_get_counters(c, &before);
		l->e.agent_answers = chan_ping(c, deadline_in(PING_LIMIT), NULL) == 0;
	}
	look_at_host(l, f, m);
	/* Of a guest that answers and got next to no CPU time, they tell whether it wanted any. */
	if ((!l->e.agent_answers || hang_waits_for_cpu(&l->e)) && !l->e.stopped &&
	    ask_machine(l, m))
		look_at_cpus(l, f, loop, m);
	if (c)
		chan_get_counters(c, &after);
	/* Something came: it may be the answer, from a guest that is only slow. */
	if (!l->e.agent_answers && after.frames_in > before.frames_in)
		l->e.agent_answers = chan_ping(c, deadline_in(PING_LIMIT), NULL) == 0;
	/* Of a channel that never brought a frame, all of it counts. */
	if (!after.frames_in)
		before = (struct chan_counters){0};
	l->e.channel_bytes = after.bytes_in - before.bytes_in;
	l->e.channel_frames = after.frames_in - before.frames_in;
	l->e.heartbeats = f->heartbeats - beats;
	l->e.console_bytes = f->console_bytes - console;
	l->e.console_us = now_us() - start;
}

static void tell_host(const struct look *l, struct strbuf *detail)
{
	_cleanup_(strbuf_release) struct strbuf load = STRBUF_INIT(256);

	if (l->state)
		strbuf_addf(detail, "QEMU: state %c, %s%s", l->state,
			    *l->run_state ? "guest "
					  : "its monitor was not asked or gave no answer",
			    l->run_state);
	if (l->e.window_us)
		strbuf_addf(detail, "; in %.1f s it ran %.1f s and waited %.1f s for a CPU",
			    (double)l->e.window_us / 1e6, (double)l->e.cpu_us / 1e6,
			    (double)l->e.waited_us / 1e6);
	if (l->e.looks_stopped)
		strbuf_addf(detail, "; stopped in %u of %u looks", l->e.looks_stopped, l->e.looks);
	if (file_read("/proc/loadavg", &load, NULL) == 0)
		strbuf_addf(detail, "\nhost: load %.*s, own timers at most %.0f ms late",
			    (int)strcspn(strbuf_str(&load), " "), strbuf_str(&load),
			    (double)l->e.host_lag_us / 1e3);
	strbuf_addch(detail, '\n');
}

static void tell_agent(const struct look *l, const struct watch_facts *f, struct strbuf *detail)
{
	const struct watch_beat *last = &f->beats[(f->heartbeats + WATCH_BEATS - 1) % WATCH_BEATS];

	strbuf_addf(detail, "agent: %s", l->e.agent_answers ? "answers" : "no answer");
	if (f->heartbeats)
		strbuf_addf(detail, ", %llu heartbeats, the last %.1f s ago at uptime %.1f s",
			    (unsigned long long)f->heartbeats,
			    (double)(now_us() - last->host_us) / 1e6, (double)last->guest_ms / 1e3);
	if (l->e.guest_clock > 0)
		strbuf_addf(detail, "; a second of the host was %.2f s of the guest's clock",
			    l->e.guest_clock);
	strbuf_addf(detail,
		    "\nchannel: %s, %llu bytes and %llu frames meanwhile; console: %llu bytes\n",
		    l->e.channel_closed ? "closed" : "open", (unsigned long long)l->e.channel_bytes,
		    (unsigned long long)l->e.channel_frames,
		    (unsigned long long)l->e.console_bytes);
}

/* How the machine ended says more than that it ended. */
static void tell_reason(const struct watch_facts *f, const struct hang_finding *finding,
			struct strbuf *reason)
{
	const char *why = f->end != MACHINE_RUNNING && f->end_reason ? f->end_reason : "";

	if (strncmp(why, finding->text, strlen(finding->text)) == 0)
		strbuf_addstr(reason, why);
	else
		strbuf_addf(reason, "%s%s%s", finding->text, *why ? ": " : "", why);
}

enum verdict watch_judge(const struct watch_facts *f, struct loop *loop, struct machine *m,
			 struct chan *c, struct strbuf *reason, struct strbuf *detail)
{
	struct look l = {.e.qemu_cpu_share = -1};
	struct hang_finding finding;

	if (m && f->end == MACHINE_RUNNING)
		ask(&l, f, loop, m, c);
	/* It is paused then, as it was when it ended. */
	if (m && (f->end == MACHINE_RESET || f->end == MACHINE_PANICKED))
		look_once(&l, m);
	name_samples(&l, f->kernel);
	/* It may have ended while we looked. */
	l.e.qemu_gone = f->end == MACHINE_GONE;
	l.e.reset = f->end == MACHINE_RESET;
	l.e.panic_event = f->end == MACHINE_PANICKED;
	l.e.powered_off = f->end == MACHINE_POWEROFF;
	hang_judge(&l.e, &finding);
	tell_reason(f, &finding, reason);
	if (l.e.held && finding.cause == HANG_QEMU_GONE)
		strbuf_addf(reason, ": it is %s", l.run_state);
	if (l.state) {
		strbuf_addf(detail, "cause: %s\n", hang_cause_name(finding.cause));
		tell_host(&l, detail);
		tell_agent(&l, f, detail);
	}
	tell_samples(&l, detail);
	return finding.verdict;
}

void watch_symbolise(const struct watch_facts *f, struct crash *c)
{
	struct strbuf text = STRBUF_INIT(ANNOTATED_MAX);
	struct symbol_file *file = open_symbols(f->kernel);
	struct symbol s;

	if (!file || !c->text) {
		symbol_close(file);
		return;
	}
	if (c->ip && symbol_function(file, c->ip, &s) == 0)
		crash_set_place(c, s.function);
	symbol_annotate(file, c->text, &text);
	symbol_close(file);
	free(c->text);
	c->text = strbuf_detach(&text, NULL);
}
