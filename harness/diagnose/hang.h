/* SPDX-License-Identifier: MIT */
/*
 * hang: silence -> what is wrong, in one word and one line.
 *
 * A truth table over what was seen: no word of it is guessed, and what the table does not know is
 * called silence. Called by step/guest when a case passed its limit or a machine ended without a
 * word. Pure: no descriptor, no clock. A crash text that was found beats all of this.
 */
#ifndef DIAGNOSE_HANG_H
#define DIAGNOSE_HANG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/verdict.h"

enum hang_cause {
	HANG_QEMU_GONE,
	HANG_PANIC_EVENT,  /* the guest told QEMU of a panic, without a text */
	HANG_SILENT_RESET, /* reset or triple fault */
	HANG_POWEROFF,	   /* the guest switched itself off */
	HANG_HOST_STARVED,
	HANG_TEST, /* the test hung, the kernel lives */
	HANG_LOG_STORM,
	HANG_CHANNEL_BROKEN,
	HANG_SPIN,	  /* a CPU stays in one function */
	HANG_LOST_WAKEUP, /* all CPUs wait for an interrupt, nothing answers */
	HANG_SILENCE,	  /* none of these */
	HANG_CAUSES
};

/* One look at one virtual CPU. */
struct hang_sample {
	uint64_t rip;
	unsigned int cpu;
	bool halted;
	const char *function; /* from the symboliser, or NULL */
};

struct hang_evidence {
	/* The machine. */
	bool qemu_gone, reset, panic_event, powered_off;
	/* QEMU's process is stopped by a signal or a debugger; QEMU itself holds the guest. */
	bool stopped, held;
	/* The agent: a ping sent after the limit was answered in time. */
	bool agent_answers;
	/* Heartbeats that came since the ping. */
	uint64_t heartbeats;
	/* The channel, since the ping: QEMU closed it; bytes came; frames came whole. */
	bool channel_closed;
	uint64_t channel_bytes, channel_frames;
	/* The console, since the ping. */
	uint64_t console_bytes, console_us;
	/* Virtual CPUs, in the order of time; several looks at each. */
	const struct hang_sample *samples;
	size_t n_samples;
	/* CPU time that QEMU got for each second of these looks, all its threads; below 0: not
	   known. */
	double qemu_cpu_share;
	/* The same over the last seconds: time that passed, CPU time, time that its threads were
	   ready to run and got no CPU; and of so many looks at the process, how often it was
	   stopped. */
	uint64_t window_us, cpu_us, waited_us;
	unsigned int looks, looks_stopped;
	/* How late our own timers fired at worst: a host that cannot run us cannot run a guest. */
	uint64_t host_lag_us;
	/* Seconds that the guest's clock went in one of the host's, from its last heartbeats; below
	   0 or 0: not known. */
	double guest_clock;
};

struct hang_finding {
	enum hang_cause cause;
	enum verdict verdict;
	char function[128]; /* HANG_SPIN, HANG_SILENT_RESET: where, "" when not known */
	char text[256];	    /* one line */
};

/* QEMU's threads waited for a CPU nearly all of the last seconds: the host starves it, unless a
 * look at its CPUs finds them idle. */
bool hang_waits_for_cpu(const struct hang_evidence *e);
void hang_judge(const struct hang_evidence *e, struct hang_finding *ret_finding);
/* "kernel spins", "lost wakeup", ... */
const char *hang_cause_name(enum hang_cause cause);

/* The table itself, for the manual and the tests: the first row whose facts hold. */
enum hang_fact {
	HANG_F_GONE = 1,
	HANG_F_PANIC = 2,
	HANG_F_RESET = 4,
	HANG_F_OFF = 8,
	/* Own timers HANG_LAG_US late, or QEMU waits for a CPU and gets next to none. */
	HANG_F_STARVED = 16,
	HANG_F_ANSWERS = 32,
	HANG_F_STORM = 64,  /* more than HANG_STORM bytes a second on the console */
	HANG_F_BEATS = 128, /* heartbeats come */
	HANG_F_CLOSED = 256,
	HANG_F_GARBAGE = 512, /* bytes on the channel, no frame among them */
	HANG_F_SPINS = 1024,  /* a CPU never halts and is nearly always in one function */
	HANG_F_HALTED = 2048, /* every look at every CPU found it halted */
	HANG_F_TALKS = 4096,  /* text on the console */
	HANG_F_STOPPED = 8192,
	HANG_F_HELD = 16384,
	HANG_F_SLOW = 32768, /* the guest's clock goes less than half as fast as the host's */
};

#define HANG_LAG_US 2000000
#define HANG_STORM  20000

struct hang_row {
	unsigned int all, none; /* facts that must hold, facts that must not */
	enum hang_cause cause;
	enum verdict verdict;
	const char *text;
};

extern const struct hang_row hang_table[];
extern const size_t hang_table_rows;

unsigned int hang_facts(const struct hang_evidence *e);
/* Any table, for tests. */
void hang_judge_by(const struct hang_row *rows, size_t n, const struct hang_evidence *e,
		   struct hang_finding *ret_finding);

#endif
