/* SPDX-License-Identifier: MIT */
#include "step/watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define PING_LIMIT (1500 * MSEC)
#define SAMPLES	   8
#define SAMPLE_GAP (100 * MSEC)
#define MAX_CPUS   8
/* Console bytes a second that no working kernel prints. */
#define STORM_BYTES_S 50000.0

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

enum verdict watch_judge(const struct watch_facts *f, struct loop *loop, struct machine *m,
			 struct chan *c, struct strbuf *reason, struct strbuf *detail)
{
	if (f->end == MACHINE_RESET || f->end == MACHINE_PANICKED) {
		strbuf_addf(reason, "the guest reset without a word");
		return VERDICT_CRASH;
	}
	if (f->end == MACHINE_GONE) {
		strbuf_addf(reason, "QEMU is gone: %s", f->end_reason);
		return VERDICT_LOST;
	}
	if (c && chan_ping(c, deadline_in(PING_LIMIT), NULL) == 0) {
		strbuf_addstr(reason, "the agent still answers: the case hung");
		return VERDICT_TIMEOUT;
	}
	strbuf_addstr(reason, "the guest fell silent");
	return VERDICT_CRASH;
}
