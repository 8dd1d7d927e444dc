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
#include "store/verdict.h"

struct watch_facts {
	uint64_t heartbeats, last_heartbeat; /* now_us() */
	uint64_t uptime_ms, mem_free_kib;
	enum machine_end end;
	const char *end_reason;
	const char *kernel; /* for addresses → functions, NULL: not known */
	uint64_t console_bytes;
};

void watch_init(struct watch_facts *f);
void watch_heartbeat(struct watch_facts *f, uint64_t uptime_ms, uint64_t mem_free_kib);
/* Verdict with one line of reason; machine and chan may be NULL. Takes up to about three seconds.
 */
enum verdict watch_judge(const struct watch_facts *f, struct loop *loop, struct machine *m,
			 struct chan *c, struct strbuf *reason, struct strbuf *detail);
/* Functions, files and lines into the text of a crash, and its place when the text names none. A
 * kernel without symbols leaves it as it is. */
void watch_symbolise(const struct watch_facts *f, struct crash *c);

#endif
