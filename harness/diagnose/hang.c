/* SPDX-License-Identifier: MIT */
#include "diagnose/hang.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define CPUS_MAX      256
#define SAMPLES_MIN   3	   /* of a CPU, before anything is said about it */
#define STAY_PERCENT  80   /* of the looks find it in one function */
#define STAY_BYTES    512  /* or so close together, where no symbols tell */
#define STARVED_SHARE 0.04 /* of one CPU */
#define WAITS_SHARE   0.80 /* of the time, or it does not matter */
#define SLOW_CLOCK    0.5
#define KERNEL_HALF   0xffff800000000000ull

const struct hang_row hang_table[] = {
	{HANG_F_GONE, 0, HANG_QEMU_GONE, VERDICT_LOST, "QEMU ended"},
	{HANG_F_PANIC, 0, HANG_PANIC_EVENT, VERDICT_CRASH, "the guest told QEMU of a panic"},
	{HANG_F_RESET, 0, HANG_SILENT_RESET, VERDICT_CRASH,
	 "silent reset: the machine was reset (a triple fault is one) without a word"},
	{HANG_F_OFF, 0, HANG_POWEROFF, VERDICT_LOST, "the guest switched itself off"},
	{HANG_F_STOPPED, 0, HANG_HOST_STARVED, VERDICT_BROKEN,
	 "host starved: QEMU is stopped, by a signal or a debugger"},
	{HANG_F_HELD, 0, HANG_QEMU_GONE, VERDICT_LOST, "QEMU holds the guest"},
	{HANG_F_STARVED, 0, HANG_HOST_STARVED, VERDICT_BROKEN,
	 "host starved: it gave the machine too little CPU time to judge by"},
	{HANG_F_ANSWERS | HANG_F_SLOW, 0, HANG_TEST, VERDICT_TIMEOUT,
	 "the test hung: the agent answers, but the guest's clock is slow and its own limits late"},
	{HANG_F_ANSWERS, 0, HANG_TEST, VERDICT_TIMEOUT,
	 "the test hung: its limit passed and the agent answers"},
	{HANG_F_CLOSED, 0, HANG_CHANNEL_BROKEN, VERDICT_BROKEN,
	 "channel broken: QEMU closed its end"},
	{HANG_F_GARBAGE, 0, HANG_CHANNEL_BROKEN, VERDICT_BROKEN,
	 "channel broken: bytes come but no frame among them"},
	{HANG_F_STORM, 0, HANG_LOG_STORM, VERDICT_CRASH, "log storm"},
	{HANG_F_SPINS, 0, HANG_SPIN, VERDICT_CRASH, "kernel spins"},
	{HANG_F_BEATS, 0, HANG_CHANNEL_BROKEN, VERDICT_BROKEN,
	 "channel broken: heartbeats arrive, questions get no answer"},
	{HANG_F_HALTED, HANG_F_TALKS, HANG_LOST_WAKEUP, VERDICT_CRASH,
	 "lost wakeup: all CPUs are halted and nothing answers"},
	{HANG_F_HALTED | HANG_F_TALKS, 0, HANG_CHANNEL_BROKEN, VERDICT_BROKEN,
	 "channel broken: the console talks, nothing answers"},
	{0, 0, HANG_SILENCE, VERDICT_LOST,
	 "silence: no answer, no heartbeat, and the CPUs are neither halted nor in one place"},
};

const size_t hang_table_rows = ARRAY_SIZE(hang_table);

const char *hang_cause_name(enum hang_cause cause)
{
	static const char *const names[HANG_CAUSES] = {
		[HANG_QEMU_GONE] = "QEMU gone",	      [HANG_PANIC_EVENT] = "panic event",
		[HANG_SILENT_RESET] = "silent reset", [HANG_POWEROFF] = "powered off",
		[HANG_HOST_STARVED] = "host starved", [HANG_TEST] = "test hung",
		[HANG_LOG_STORM] = "log storm",	      [HANG_CHANNEL_BROKEN] = "channel broken",
		[HANG_SPIN] = "kernel spins",	      [HANG_LOST_WAKEUP] = "lost wakeup",
		[HANG_SILENCE] = "silence",
	};

	return (size_t)cause < HANG_CAUSES ? names[cause] : "?";
}

static bool same_place(const struct hang_sample *a, const struct hang_sample *b)
{
	if (a->function && b->function)
		return strcmp(a->function, b->function) == 0;
	return a->rip - b->rip + STAY_BYTES <= 2 * STAY_BYTES;
}

struct stay {
	const struct hang_sample *at;
	size_t n, looks;
};

/* Where this CPU was found most often; at NULL: it was seen halted, or too seldom. */
static struct stay stay_of(const struct hang_evidence *e, unsigned int cpu)
{
	struct stay best = {0};
	size_t n;

	for (size_t i = 0; i < e->n_samples; i++) {
		const struct hang_sample *a = &e->samples[i];

		if (a->cpu != cpu)
			continue;
		if (a->halted)
			return (struct stay){0};
		best.looks++;
		n = 0;
		for (size_t k = 0; k < e->n_samples; k++)
			n += e->samples[k].cpu == cpu && same_place(a, &e->samples[k]);
		if (n > best.n) {
			best.n = n;
			best.at = a;
		}
	}
	if (best.looks < SAMPLES_MIN || best.n * 100 < best.looks * STAY_PERCENT)
		best.at = NULL;
	return best;
}

/* The early kernel runs low; symbols, which are the kernel's alone, know it. */
static bool in_kernel(const struct hang_sample *s)
{
	return s->rip >= KERNEL_HALF || s->function;
}

/* The first CPU that stays in one place, rather one in the kernel than one in user code. */
static struct stay find_spin(const struct hang_evidence *e)
{
	struct stay user = {0};

	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu++) {
		struct stay s = stay_of(e, cpu);

		if (s.at && in_kernel(s.at))
			return s;
		if (s.at && !user.at)
			user = s;
	}
	return user;
}

static bool all_halted(const struct hang_evidence *e)
{
	for (size_t i = 0; i < e->n_samples; i++)
		if (!e->samples[i].halted)
			return false;
	return e->n_samples >= SAMPLES_MIN;
}

/* A CPU that was never seen halted wants to run all the time; QEMU got less than it needs. */
static bool runs_and_gets_none(const struct hang_evidence *e)
{
	for (size_t i = 0; i < e->n_samples; i++)
		if (e->samples[i].halted)
			return false;
	return e->n_samples >= SAMPLES_MIN && e->qemu_cpu_share >= 0 &&
	       e->qemu_cpu_share < STARVED_SHARE;
}

/* Each CPU was halted in at least half of the looks at it. */
static bool mostly_halted(const struct hang_evidence *e)
{
	for (size_t i = 0; i < e->n_samples; i++) {
		size_t looks = 0, halted = 0;

		for (size_t k = 0; k < e->n_samples; k++) {
			looks += e->samples[k].cpu == e->samples[i].cpu;
			halted += e->samples[k].cpu == e->samples[i].cpu && e->samples[k].halted;
		}
		if (2 * halted < looks)
			return false;
	}
	return e->n_samples >= SAMPLES_MIN;
}

bool hang_waits_for_cpu(const struct hang_evidence *e)
{
	double window = (double)e->window_us;

	return (double)e->waited_us > WAITS_SHARE * window &&
	       (double)e->cpu_us < STARVED_SHARE * window;
}

/* The last seconds count as well: a limit may have passed because of them. */
static bool is_starved(const struct hang_evidence *e)
{
	/* One that answers runs a little at each look. */
	bool idle = e->agent_answers ? mostly_halted(e) : all_halted(e);

	if (e->host_lag_us >= HANG_LAG_US || runs_and_gets_none(e))
		return true;
	if (e->looks_stopped >= 2 && 2 * e->looks_stopped >= e->looks)
		return true;
	/* A guest that has nothing to do also waits for each of its few moments on a busy host. */
	return !idle && hang_waits_for_cpu(e);
}

unsigned int hang_facts(const struct hang_evidence *e)
{
	const struct {
		bool holds;
		enum hang_fact fact;
	} facts[] = {
		{e->qemu_gone, HANG_F_GONE},
		{e->panic_event, HANG_F_PANIC},
		{e->reset, HANG_F_RESET},
		{e->powered_off, HANG_F_OFF},
		{e->stopped, HANG_F_STOPPED},
		{e->held, HANG_F_HELD},
		{is_starved(e), HANG_F_STARVED},
		{e->guest_clock > 0 && e->guest_clock < SLOW_CLOCK, HANG_F_SLOW},
		{e->agent_answers, HANG_F_ANSWERS},
		{e->console_us && e->console_bytes / ((double)e->console_us / 1e6) > HANG_STORM,
		 HANG_F_STORM},
		{e->heartbeats > 0, HANG_F_BEATS},
		{e->channel_closed, HANG_F_CLOSED},
		{e->channel_bytes && !e->channel_frames, HANG_F_GARBAGE},
		{find_spin(e).at != NULL, HANG_F_SPINS},
		{all_halted(e), HANG_F_HALTED},
		{e->console_bytes > 0, HANG_F_TALKS},
	};
	unsigned int all = 0;

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (facts[i].holds)
			all |= facts[i].fact;
	return all;
}

static void tell_spin(const struct hang_evidence *e, struct hang_finding *f)
{
	struct stay s = find_spin(e);
	char where[160];

	if (!s.at)
		return;
	if (s.at->function) {
		snprintf(f->function, sizeof(f->function), "%s", s.at->function);
		snprintf(where, sizeof(where), "%s", s.at->function);
	} else {
		snprintf(where, sizeof(where), "0x%llx", (unsigned long long)s.at->rip);
	}
	if (in_kernel(s.at))
		snprintf(f->text, sizeof(f->text), "kernel spins in %s (CPU %u, %zu of %zu looks)",
			 where, s.at->cpu, s.n, s.looks);
	else
		snprintf(f->text, sizeof(f->text),
			 "CPU %u stays in user code at %s (%zu of %zu looks) and the agent never "
			 "runs",
			 s.at->cpu, where, s.n, s.looks);
}

/* Where the machine was when it was reset: the one CPU that was not halted. */
static void tell_reset(const struct hang_evidence *e, struct hang_finding *f)
{
	const struct hang_sample *at = NULL;

	for (size_t i = 0; i < e->n_samples; i++) {
		if (e->samples[i].halted)
			continue;
		if (at)
			return;
		at = &e->samples[i];
	}
	if (!at || !at->function)
		return;
	snprintf(f->function, sizeof(f->function), "%s", at->function);
	snprintf(f->text, sizeof(f->text),
		 "silent reset in %s: the machine was reset (a triple fault is one) without a word",
		 f->function);
}

void hang_judge_by(const struct hang_row *rows, size_t n, const struct hang_evidence *e,
		   struct hang_finding *ret_finding)
{
	struct hang_finding f = {.cause = HANG_SILENCE, .verdict = VERDICT_LOST};
	unsigned int facts = hang_facts(e);

	for (size_t i = 0; i < n; i++) {
		if ((facts & rows[i].all) != rows[i].all || (facts & rows[i].none))
			continue;
		f.cause = rows[i].cause;
		f.verdict = rows[i].verdict;
		snprintf(f.text, sizeof(f.text), "%s", rows[i].text);
		break;
	}
	if (f.cause == HANG_SPIN)
		tell_spin(e, &f);
	if (f.cause == HANG_SILENT_RESET)
		tell_reset(e, &f);
	if (f.cause == HANG_LOG_STORM)
		snprintf(f.text, sizeof(f.text), "log storm: %.0f kB/s on the console",
			 (double)e->console_bytes * 1e3 / (double)e->console_us);
	*ret_finding = f;
}

void hang_judge(const struct hang_evidence *e, struct hang_finding *ret_finding)
{
	hang_judge_by(hang_table, hang_table_rows, e, ret_finding);
}
