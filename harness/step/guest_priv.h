/* SPDX-License-Identifier: MIT */
/*
 * guest_priv: what guest.c (evidence, life) and guest_start.c (boot, save, wake) share. Included by
 * nobody else.
 */
#ifndef STEP_GUEST_PRIV_H
#define STEP_GUEST_PRIV_H

#include "step/guest.h"
#include "step/watch.h"

struct guest_private {
	int console_fd, index_fd, trace_fd;
	uint64_t traced; /* bytes in channel.log, about */
	uint64_t console_logged, indexed_at;
	struct loop_timer crash_gap, last_look;
	uint64_t doubted_at; /* now_us() of the last crash in a step that may have ended it all */
	bool task_killed;
	void (*on_console)(void *arg, const char *data, size_t n);
	void *arg;
	unsigned int metadata_asked;
	uint64_t started;
	struct watch_facts facts;
	char end_reason[300];
	enum machine_end end;
};

void guest_note(struct guest *g, const char *kind, const char *text);
/* NULL values are not kept. */
void guest_fact(struct guest *g, const char *key, const char *value);
void guest_fact_number(struct guest *g, const char *key, uint64_t n);
/* What machine_start() gets for this guest; strings are the spec's. run_dir is not set. */
struct machine_spec guest_machine_spec(const struct guest_spec *spec);
/* A guest with its row, its logs and its channel, and the machine started as ms says. */
int guest_new(const struct guest_spec *spec, const struct machine_spec *ms,
	      struct guest **ret_guest, struct err *err);
/* The agent said hello: facts, and how much slower than the reference's this machine is.
 * boot_speed_us: what it measured at the boot that it is woken from, 0: this is a boot. */
void guest_keep_hello(struct guest *g, double pace, uint64_t boot_speed_us);

#endif
