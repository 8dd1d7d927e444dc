/* SPDX-License-Identifier: MIT */
/*
 * watch: what was seen of a guest that fell silent, gathered for diagnose/.
 *
 * Owns the counters of one boot. Called by guest.c. Gathers (ping, vCPU samples, host load),
 * diagnose/hang judges.
 */
#ifndef STEP_WATCH_H
#define STEP_WATCH_H

#include "base/strbuf.h"
#include "diagnose/crash.h"
#include "machine/chan.h"
#include "machine/machine.h"
#include "step/pulse.h"
#include "store/verdict.h"

#define WATCH_BEATS 32

struct watch_beat {
	uint64_t host_us, guest_ms;
};

struct watch_facts {
	uint64_t heartbeats;
	struct watch_beat beats[WATCH_BEATS]; /* the last ones; host_us is now_us() */
	uint64_t mem_free_kib;
	enum machine_end end;
	const char *end_reason;
	const char *kernel; /* for addresses → functions, NULL: not known */
	uint64_t console_bytes;
	struct pulse *pulse; /* of the machine's process; owned, NULL: none */
};

void watch_init(struct watch_facts *f);
void watch_release(struct watch_facts *f);
/* The machine runs: look at its process from now on. */
void watch_start(struct watch_facts *f, struct loop *loop, struct machine *m);
void watch_heartbeat(struct watch_facts *f, uint64_t uptime_ms, uint64_t mem_free_kib);
/* Seconds of the guest's clock in one of the host's, by the heartbeats; 0: not known. */
double watch_guest_clock(const struct watch_facts *f);
/* By the same, of a guest that still answers so long after its hello: limits kept inside it may
 * pass late. */
bool watch_clock_is_slow(const struct watch_facts *f, uint64_t since_hello_us);
/* The guest may have stood still for so long in one go, not long ago: what its threads waited for a
 * CPU, all together, and the looks that found it stopped. */
uint64_t watch_stalled(const struct watch_facts *f);
/* Verdict with one line of reason; machine and chan may be NULL. Takes at most about three seconds
 * (a ping, then looks at the CPUs). */
enum verdict watch_judge(const struct watch_facts *f, struct loop *loop, struct machine *m,
			 struct chan *c, struct strbuf *reason, struct strbuf *detail);
/* Functions, files and lines into the text of a crash, and its place when the text names none. A
 * kernel without symbols leaves it as it is. */
void watch_symbolise(const struct watch_facts *f, struct crash *c);

#endif
