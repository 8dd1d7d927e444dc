/* SPDX-License-Identifier: MIT */
/*
 * guest: one boot of a machine with everything that watches it: console scanner, channel, evidence
 * in the store.
 *
 * Owns machine, channel and scanner of one boot. Called by step kinds and run/. All evidence
 * (console bytes, frames, crash texts, QMP ends) goes to the store in the order in which it
 * happens. Never writes a result.
 */
#ifndef STEP_GUEST_H
#define STEP_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "machine/chan.h"
#include "machine/machine.h"
#include "diagnose/crash.h"
#include "store/store.h"

struct step_context;

/* What to boot. Strings are the caller's and must outlive the guest. */
struct guest_spec {
	struct loop *loop;
	struct store *store;
	int64_t cell;
	const char *lane; /* "static", "debian" */
	const char *kernel;
	const char *initrd; /* NULL: none */
	const char *disk;
	const char *profile;	 /* NULL: the default for this kernel */
	const char *append;	 /* NULL: nothing */
	unsigned int cpus;	 /* 0: as the profile has it */
	const struct seed *seed; /* who the machine is, NULL: nobody; such a one is never woken */
	const char *keys_dir;
	const uint16_t *forward;
	enum machine_accel accel;
	double pace; /* factor on limits for a kernel known to be slower than the reference; ≥ 1 */
	unsigned int settle_ms; /* how late this kernel's crash text may come */
	uint64_t boot_limit_us; /* from start to hello, as it is: nothing is known of the speed yet
				 */
	bool gdb;
	bool snapshots; /* wake it where that can be, save it after the boot where not */
	void (*on_console)(void *arg, const char *data,
			   size_t n); /* NULL: only the log and the scanner */
	void *arg;
};

struct guest {
	struct loop *loop;
	struct store *store;
	int64_t cell, boot;
	const char *lane;
	const char
		*keys_dir; /* host folder with id_ed25519, id_ed25519.pub, password, www.sha256 */
	char *boot_dir;	   /* artefacts of this boot */
	char *tmp_dir;	   /* scratch on the host, removed with the guest */
	struct machine *machine;
	struct chan *chan;
	struct crash_scanner *scanner;
	double slowdown; /* limits are multiplied by it, never below 1 */
	unsigned int settle_ms;
	bool tainted; /* a recovered or task-killing crash was seen in this boot */
	bool dead;    /* fatal crash, reset, gone: nothing more will come */
	/*
	 * A step of a scenario waits: its verdict is settled by any crash, so one that killed a
	 * task, or after which the agent gives no sign of life, makes the guest count as dead
	 * within two seconds. After a recovered one that it outlives the step goes on.
	 */
	bool in_step;
	struct crash first_crash, last_crash; /* valid when crashes > 0 */
	unsigned int crashes;
	bool mixed;	      /* they have not all the same title */
	uint64_t crash_began; /* now_us() when the text of the first began, 0: none did */
	uint64_t console_bytes;
	uint64_t console_heard; /* now_us() of the last console byte */
	uint64_t hello_us;	/* from start to hello, 0: not yet */
	uint64_t booted_us; /* of a woken guest: what the boot of the saved one had taken; else 0 */
	struct step_context *context; /* what its steps know of each other; freed with the guest */
	struct guest_private *priv;
};

/*
 * Start the machine and wait for the agent's hello: woken from a snapshot (guest_start.c) or
 * booted. 0; -EPIPE: the guest died first and -ETIMEDOUT: it stayed silent
 * (*ret_guest is set in both cases: guest_judge() says more); -EINTR and other errors: *ret_guest
 * untouched.
 */
int guest_boot(const struct guest_spec *spec, struct guest **ret_guest, struct err *err);
/* Records how the boot ended and the channel's counters, ends the machine. NULL is fine. */
void guest_free(struct guest *g);
/* As guest_free(), after asking the agent to sync and power off, with a short limit. */
void guest_shutdown(struct guest *g);

/* True when the guest is dead or cond holds. 0: cond holds; -ETIMEDOUT; -EINTR; -EPIPE: the guest
 * died first. */
int guest_wait(struct guest *g, bool (*cond)(void *arg), void *arg, struct deadline deadline);
/* A limit of a healthy machine of the reference's speed, scaled to this one. */
struct deadline guest_deadline(const struct guest *g, uint64_t us);
/* By the agent's heartbeats, of one that still answers: limits kept inside the guest may pass late.
 */
bool guest_clock_is_slow(const struct guest *g);
/*
 * When the first crash began by the guest's CLOCK_MONOTONIC, in microseconds, as its text says: the
 * kernel's log and that clock were read together at the hello. 0: the text has no time, or the
 * kernel has no log that the agent could read. It may have been *ret_lag later: the log's clock
 * falls behind while the guest stands still.
 */
uint64_t guest_crash_clock(const struct guest *g, uint64_t *ret_lag);
/* Give late crash text its time: as long as it may be late on this kernel and this log, and to its
 * end if it has begun. */
void guest_settle(struct guest *g);

/*
 * What became of a guest that died or let a limit pass, from the evidence: crash, timeout (the
 * agent still answers), lost or broken. A ping and a second of watching the vCPUs at most; after it
 * the guest counts as dead unless the verdict is timeout.
 */
enum verdict guest_judge(struct guest *g, struct strbuf *reason, struct strbuf *detail);

#endif
