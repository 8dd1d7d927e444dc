/* SPDX-License-Identifier: MIT */
#include "step/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "diagnose/hang.h"
#include "diagnose/symbol.h"

#define PING_LIMIT    (1500 * MSEC)
#define LOOKS	      8
#define LOOK_GAP      (100 * MSEC)
#define LOOK_LIMIT    (500 * MSEC)
#define MAX_CPUS      8
#define ANNOTATED_MAX (128 * 1024)

/* What is looked at once the guest is under suspicion. */
struct look {
	struct hang_sample samples[LOOKS * MAX_CPUS];
	struct symbol names[LOOKS * MAX_CPUS];
	struct hang_evidence e;
};

void watch_init(struct watch_facts *f)
{
	*f = (struct watch_facts){0};
}

void watch_heartbeat(struct watch_facts *f, uint64_t uptime_ms, uint64_t mem_free_kib)
{
	f->heartbeats++;
	f->last_heartbeat = now_us();
	f->uptime_ms = uptime_ms;
	f->mem_free_kib = mem_free_kib;
}

/* CPU time of a process with all its threads in µs, 0: not known. */
static uint64_t cpu_time(pid_t pid)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);
	unsigned long user, system;
	char path[64];
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (pid <= 0 || file_read(path, &sb, NULL) < 0)
		return 0;
	/* The name, in brackets, may hold anything. */
	p = strrchr(strbuf_str(&sb), ')');
	if (!p ||
	    sscanf(p, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		return 0;
	return (uint64_t)(user + system) * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

static void look_once(struct look *l, struct machine *m)
{
	struct machine_cpu_sample cpus[MAX_CPUS];
	size_t n = MAX_CPUS;

	if (machine_sample_cpus(m, cpus, &n, deadline_in(LOOK_LIMIT), NULL) < 0)
		return;
	for (size_t i = 0; i < n && l->e.n_samples < ARRAY_SIZE(l->samples); i++)
		l->samples[l->e.n_samples++] = (struct hang_sample){
			.rip = cpus[i].rip, .cpu = cpus[i].cpu, .halted = cpus[i].halted};
}

static void look_at_cpus(struct look *l, struct loop *loop, struct machine *m)
{
	uint64_t start = now_us(), cpu = cpu_time(machine_pid(m)), before, late;

	for (int i = 0; i < LOOKS; i++) {
		look_once(l, m);
		before = now_us();
		if (loop_wait(loop, NULL, NULL, deadline_in(LOOK_GAP)) == -EINTR)
			break;
		late = now_us() - before;
		late = late > LOOK_GAP ? late - LOOK_GAP : 0;
		if (late > l->e.host_lag_us)
			l->e.host_lag_us = late;
	}
	if (cpu && now_us() > start)
		l->e.qemu_cpu_share =
			(double)(cpu_time(machine_pid(m)) - cpu) / (double)(now_us() - start);
	l->e.samples = l->samples;
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
	if (m && !l->e.agent_answers)
		look_at_cpus(l, loop, m);
	if (c)
		chan_get_counters(c, &after);
	/* Of a channel that never brought a frame, all of it counts. */
	if (!after.frames_in)
		before = (struct chan_counters){0};
	l->e.channel_bytes = after.bytes_in - before.bytes_in;
	l->e.channel_frames = after.frames_in - before.frames_in;
	l->e.heartbeats = f->heartbeats - beats;
	l->e.console_bytes = f->console_bytes - console;
	l->e.console_us = now_us() - start;
}

enum verdict watch_judge(const struct watch_facts *f, struct loop *loop, struct machine *m,
			 struct chan *c, struct strbuf *reason, struct strbuf *detail)
{
	struct look l = {.e.qemu_cpu_share = -1};
	struct hang_finding finding;

	if (f->end == MACHINE_RUNNING) {
		ask(&l, f, loop, m, c);
		name_samples(&l, f->kernel);
	}
	/* It may have ended while we looked. */
	l.e.qemu_gone = f->end == MACHINE_GONE;
	l.e.reset = f->end == MACHINE_RESET;
	l.e.panic_event = f->end == MACHINE_PANICKED;
	l.e.powered_off = f->end == MACHINE_POWEROFF;
	hang_judge(&l.e, &finding);
	strbuf_addstr(reason, finding.text);
	if (f->end != MACHINE_RUNNING && f->end_reason && *f->end_reason)
		strbuf_addf(reason, ": %s", f->end_reason);
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
